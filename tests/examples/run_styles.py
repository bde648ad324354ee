"""Runs the scripts named and prints a JSON object: the losses of each, or what it raised.

``python run_styles.py ours script.py ...`` runs them on this package, ``theirs`` on PyTorch.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback
import warnings

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1] == "ours":
        import autograd_cnn

        autograd_cnn.install_as_torch()
    found = {}
    for path in sys.argv[2:]:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                found[path] = runpy.run_path(path, run_name="__main__")["losses"]
            except Exception:  # noqa: BLE001 - a script may raise anything; it is told
                found[path] = traceback.format_exc()
    print(json.dumps(found))
