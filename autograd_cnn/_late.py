"""Names of ``autograd_cnn`` that are imported when they are first used: the core starts fast.

``autograd_cnn.__getattr__`` looks here for a name that it does not have; checkers read this file as a part of
``autograd_cnn/__init__.py``.
"""

from ._files.errors import FileFormatError as FileFormatError
from ._files.serialization import load as load
from ._files.serialization import save as save
from ._functions._options import with_options as _with_options
from ._inert.complex_numbers import *
from ._inert.device_module import *
from .amp import GradScaler as GradScaler
from .amp import autocast as autocast
from .amp._questions import *
from .autograd.anomaly_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from .autograd.anomaly_mode import is_anomaly_enabled as is_anomaly_enabled
from .autograd.anomaly_mode import set_anomaly_enabled as set_anomaly_enabled
from .func import vmap as vmap
from .futures import Future as Future
from .nn.functional import adaptive_avg_pool1d as adaptive_avg_pool1d
from .nn.functional import adaptive_max_pool1d as adaptive_max_pool1d
from .nn.functional import avg_pool1d as avg_pool1d
from .nn.functional import bilinear as bilinear
from .nn.functional import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .nn.functional import celu as celu
from .nn.functional import celu_ as celu_
from .nn.functional import channel_shuffle as channel_shuffle
from .nn.functional import conv1d as conv1d
from .nn.functional import conv2d as conv2d
from .nn.functional import conv3d as conv3d
from .nn.functional import conv_transpose1d as conv_transpose1d
from .nn.functional import conv_transpose2d as conv_transpose2d
from .nn.functional import conv_transpose3d as conv_transpose3d
from .nn.functional import cosine_embedding_loss as cosine_embedding_loss
from .nn.functional import cosine_similarity as cosine_similarity
from .nn.functional import ctc_loss as ctc_loss
from .nn.functional import embedding_bag as embedding_bag
from .nn.functional import hardshrink as hardshrink
from .nn.functional import hinge_embedding_loss as hinge_embedding_loss
from .nn.functional import kl_div as kl_div
from .nn.functional import margin_ranking_loss as margin_ranking_loss
from .nn.functional import max_pool1d as max_pool1d
from .nn.functional import max_pool1d_with_indices as max_pool1d_with_indices
from .nn.functional import max_pool2d as max_pool2d
from .nn.functional import max_pool3d as max_pool3d
from .nn.functional import pairwise_distance as pairwise_distance
from .nn.functional import pixel_shuffle as pixel_shuffle
from .nn.functional import pixel_unshuffle as pixel_unshuffle
from .nn.functional import poisson_nll_loss as poisson_nll_loss
from .nn.functional import prelu as prelu
from .nn.functional import rms_norm as rms_norm
from .nn.functional import selu as selu
from .nn.functional import selu_ as selu_
from .nn.functional import threshold as threshold
from .nn.functional import threshold_ as threshold_
from .nn.functional import triplet_margin_loss as triplet_margin_loss
from .nn.functional._operators import *
from .storage import BoolStorage as BoolStorage
from .storage import ByteStorage as ByteStorage
from .storage import CharStorage as CharStorage
from .storage import DoubleStorage as DoubleStorage
from .storage import FloatStorage as FloatStorage
from .storage import HalfStorage as HalfStorage
from .storage import IntStorage as IntStorage
from .storage import LongStorage as LongStorage
from .storage import ShortStorage as ShortStorage
from .storage import Storage as Storage
from .storage import TypedStorage as TypedStorage
from .storage import UntypedStorage as UntypedStorage

globals().update(_with_options(globals()))
