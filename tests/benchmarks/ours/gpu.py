"""A GPU's figures: milliseconds a step of a ResNet-50, ours and a plain PyTorch loop's by turns.

In float32 and in mixed precision, both with the same batches, which are on the GPU already. Then
what `freeing.free` gives back, and what a reading and a sampler for five panels take beside that.
{} where PyTorch has no CUDA.
"""

import json
import threading
import time
from contextlib import nullcontext

import torch
from torch import nn

from coursekit.learn.learner import Learner
from coursekit.learn.loop import adam

STEPS, SIZE, SIDE, PAIRS = 40, 128, 224, 3
DTYPES = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}
SECONDS = 10


def batches():
    torch.manual_seed(0)
    one = torch.randn(SIZE, 3, SIDE, SIDE, device="cuda"), torch.randint(3, (SIZE,), device="cuda")
    return [one] * STEPS


def network():
    import timm

    torch.manual_seed(0)
    return timm.create_model("resnet50", num_classes=3).cuda()


def plain(dtype, data):
    model, loss_func = network().train(), nn.CrossEntropyLoss()
    opt = adam([{"params": list(model.parameters())}], lr=1e-4)
    scaler = torch.amp.GradScaler("cuda", enabled=dtype is torch.float16)
    precision = torch.autocast("cuda", dtype) if dtype else nullcontext()

    def train(some):
        for x, y in some:
            with precision:
                loss = loss_func(model(x), y)
            scaler.scale(loss).backward()
            scaler.step(opt)
            scaler.update()
            opt.zero_grad()

    return timed(train, data)


def ours(dtype, data):
    few = [(data[0][0][:2], data[0][1][:2])]
    learn = Learner((data, few), network(), nn.CrossEntropyLoss(), lr=1e-4, seed=0)
    if dtype is torch.float16:
        learn.to_fp16()
    elif dtype:
        learn.to_bf16()

    def train(some):
        learn.dls.train = some
        learn.fit(1)

    return timed(train, data)


def timed(train, data):
    """Milliseconds a step, and the peak of the memory in MB; the first steps find their kernels."""
    train(data[:5])
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    train(data)
    torch.cuda.synchronize()
    took = (time.perf_counter() - began) / len(data) * 1e3
    return took, torch.cuda.max_memory_allocated() / 1e6


def freed():
    """What was reserved, what `free` gave back, and what is reserved then, in MB."""
    from coursekit.machine.freeing import free

    learn = Learner((batches(), batches()[:1]), network(), nn.CrossEntropyLoss(), seed=0)
    learn.fit(1)
    before, began = torch.cuda.memory_reserved(), time.perf_counter()
    given = free()
    took = time.perf_counter() - began
    return {"before": before / 1e6, "given": given / 1e6, "seconds": took}


def sampled():
    from coursekit.machine.reader import status
    from coursekit.machine.sampler import sampler

    began = time.perf_counter()
    for _ in range(100):
        status()
    each = (time.perf_counter() - began) * 10
    subscriptions = [sampler.subscribe(lambda reading: None) for _ in range(5)]
    time.sleep(2)  # the first reading is no tick
    began, work = time.perf_counter(), time.process_time()
    time.sleep(SECONDS)
    share = (time.process_time() - work) / (time.perf_counter() - began)
    threads = sum(it.name == "coursekit-sampler" for it in threading.enumerate())
    for subscription in subscriptions:
        subscription.close()
    return {"reading_ms": each, "share": share, "threads": threads}


def figures():
    data = batches()
    steps = {}
    for name, dtype in DTYPES.items():
        pairs = [(ours(dtype, data), plain(dtype, data)) for _ in range(PAIRS)]
        steps[name] = {
            "ours": [a[0] for a, _ in pairs],
            "plain": [b[0] for _, b in pairs],
            "mb": max(a[1] for a, _ in pairs),
        }
    del data
    return {"name": torch.cuda.get_device_name(), "steps": steps, **freed(), **sampled()}


print(json.dumps(figures() if torch.cuda.is_available() else {}))
