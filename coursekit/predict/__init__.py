"""Pictures in, labels out, without torch: decoding, preprocessing, the `.ckit` file, prediction."""

from coursekit.predict.decode import PictureError, decode
from coursekit.predict.heatmap import overlay
from coursekit.predict.manifest import ArchiveError
from coursekit.predict.prediction import Prediction
from coursekit.predict.predictor import Predictor, load_learner
from coursekit.predict.preprocess import Preprocessing

__all__ = [
    "ArchiveError",
    "PictureError",
    "Prediction",
    "Predictor",
    "Preprocessing",
    "decode",
    "load_learner",
    "overlay",
]
