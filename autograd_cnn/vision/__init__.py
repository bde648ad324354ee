"""torchvision's place for what it shares with this package: data sets, models, transforms and pictures of
batches."""

from .. import datasets as datasets
from .. import models as models
from .. import transforms as transforms
from .. import utils as utils
from . import ops as ops
