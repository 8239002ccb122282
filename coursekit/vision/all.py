"""Everything that a lesson about pictures uses: `from coursekit.vision.all import *`."""

from pathlib import Path

from torchvision.models import resnet18, resnet34, resnet50, resnet101

from coursekit.core.doc import doc
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data
from coursekit.data.items import (
    RegexLabeller,
    get_image_files,
    parent_label,
    using_attr,
    verify_images,
)
from coursekit.data.split import (
    EndSplitter,
    FileSplitter,
    FuncSplitter,
    GrandparentSplitter,
    IndexSplitter,
    MaskSplitter,
    RandomSplitter,
    TrainTestSplitter,
)
from coursekit.learn.callbacks import EarlyStoppingCallback, GradientClip, SaveModelCallback
from coursekit.learn.events import (
    Callback,
    CancelBatchException,
    CancelEpochException,
    CancelFitException,
)
from coursekit.learn.interpret import ClassificationInterpretation
from coursekit.learn.learner import Learner
from coursekit.learn.loaders import DataLoaders
from coursekit.learn.metrics import accuracy, error_rate, mae, mse, rmse, top_k_accuracy
from coursekit.predict.predictor import load_learner
from coursekit.vision.block import CategoryBlock, DataBlock, ImageBlock
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.imagenet import imagenet_predictor
from coursekit.vision.learner import cnn_learner, vision_learner
from coursekit.vision.transforms import (
    Normalize,
    PILImage,
    RandomResizedCrop,
    Resize,
    ResizeMethod,
    aug_transforms,
    imagenet_stats,
)

__all__ = [name for name in dir() if not name.startswith("_")]
