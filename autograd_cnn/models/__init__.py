"""Models, with torchvision's names and parameter names: ``load_state_dict(load("resnet18.pth"))`` takes
torchvision's weight files.

``weights=`` (and the older ``pretrained=``) read the file where it has been downloaded to; nothing is
fetched.
"""

from ._weights import Weights as Weights
from ._weights import WeightsEnum as WeightsEnum
from ._weights import get_model as get_model
from ._weights import get_model_builder as get_model_builder
from ._weights import get_model_weights as get_model_weights
from ._weights import get_weight as get_weight
from ._weights import list_models as list_models
from .alexnet import *
from .convnext import *
from .densenet import *
from .efficientnet import *
from .googlenet import *
from .inception import *
from .lenet import LeNet as LeNet
from .mnasnet import *
from .mobilenetv2 import *
from .mobilenetv3 import *
from .resnet import *
from .shufflenetv2 import *
from .squeezenet import *
from .vgg import *
from .vision_transformer import *
