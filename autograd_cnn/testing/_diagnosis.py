"""What is wrong with a gradient, in words: the right one by differences, the wrong one, and what a mistake
makes of it.

Every mistake leaves a trace: a forgotten minus turns the sign, a forgotten sum leaves an axis, an ignored
upstream signal gives the same gradient whatever the signal. :func:`diagnose` looks for these traces, the most
telling first.
"""

import numpy as np

from . import _miscomputed as miscomputed
from . import _misplaced as misplaced
from ._evidence import Diagnosis, Evidence


def diagnose(evidence: Evidence) -> Diagnosis:
    """The first cause that explains ``found``; it is likely, not certain."""
    found = np.asarray(evidence.found, np.float64)
    evidence = evidence._replace(found=found, expected=np.asarray(evidence.expected, np.float64))
    looks = (
        misplaced.shape,
        miscomputed.numbers,
        miscomputed.nothing,
        miscomputed.upstream,
        miscomputed.sign,
        misplaced.places,
        miscomputed.precision,
        miscomputed.factor,
        misplaced.axis,
        miscomputed.operand_factor,
        misplaced.region,
        miscomputed.term,
    )
    return next(
        (said for look in looks if (said := look(evidence)) is not None),
        Diagnosis(
            "unknown",
            "no simple mistake explains it; derive the gradient again, one intermediate function at a time",
        ),
    )
