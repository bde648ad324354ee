"""What random sequences are made of: what is drawn, run in two libraries, compared and shrunk.

See :mod:`autograd_cnn.testing.sequences`.
"""
