"""All forms: importing this file declares them."""

from . import (
    _creation_forms,
    _description_forms,
    _index_forms,
    _layer_forms,
    _linalg_forms,
    _loss_forms,
    _number_forms,
    _order_forms,
    _product_forms,
    _shape_forms,
    _window_forms,
)
from ._operator_forms import OPERATOR_FORMS as OPERATOR_FORMS
from ._registry import FORMS as FORMS
from ._registry import Stop as Stop

del _creation_forms, _description_forms, _index_forms, _layer_forms, _linalg_forms, _loss_forms
del _number_forms, _order_forms, _product_forms, _shape_forms, _window_forms
