"""PyTorch's ``compile``: chains of operators as one loop, for any function.

``_call.py`` lets operators wait until somebody looks at a result; ``_steps.py`` is such an operator, and says
what is known of its result ahead; ``_groups.py`` makes one operator of several, by the compiler of formulas;
``_glance.py`` tells who looks at a shape only; ``_report.py`` counts.
"""

from ._function import Runner as Runner
from ._function import compile as compile
from ._function import made_for as made_for
from ._report import Report as Report
