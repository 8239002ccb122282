"""Microseconds a step of a tiny model takes: our Learner and a plain PyTorch loop, by turns.

Both with the same batches, optimiser, parameter groups and schedule, on one thread. Ours keeps
its history, shows its bar, and validates with a metric after each epoch.
"""

import json
import time

import torch
from torch import nn

from coursekit.learn.learner import Learner
from coursekit.learn.loop import adam
from coursekit.learn.metrics import accuracy

STEPS, EPOCHS, SIZE, PAIRS = 200, 10, 64, 5

torch.set_num_threads(1)
torch.manual_seed(0)
x, y = torch.randn(STEPS * SIZE, 16), torch.randint(2, (STEPS * SIZE,))
batches = list(zip(x.split(SIZE), y.split(SIZE), strict=True))


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))


def plain():
    model, loss_func = network(), nn.CrossEntropyLoss()
    weights = [p for p in model.parameters() if p.ndim > 1]
    biases = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0.0}]
    opt = adam(groups, lr=1e-3)
    cycle = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-3, EPOCHS * STEPS, pct_start=0.25)
    began = time.perf_counter()
    for _ in range(EPOCHS):
        for inputs, targets in batches:
            loss = loss_func(model(inputs), targets)
            loss.backward()
            opt.step()
            cycle.step()
            opt.zero_grad()
    return (time.perf_counter() - began) / (EPOCHS * STEPS) * 1e6


def ours():
    dls = (batches, batches[:1])
    learn = Learner(dls, network(), nn.CrossEntropyLoss(), metrics=accuracy, seed=0)
    began = time.perf_counter()
    learn.fit_one_cycle(EPOCHS, 1e-3)
    took = (time.perf_counter() - began) / (EPOCHS * STEPS) * 1e6
    assert len(learn.history) == EPOCHS * STEPS
    return took


plain(), ours()  # neither pays for what is done once
pairs = [(ours(), plain()) for _ in range(PAIRS)]
print(json.dumps({"ours": [a for a, _ in pairs], "plain": [b for _, b in pairs]}))
