"""How each library takes the steps that are measured: a module per library, with ``build(kind, options,
threads)``.

``build`` returns a function without arguments that takes one step, or raises LookupError where the library
has no such step.
"""
