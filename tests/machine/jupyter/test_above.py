from __future__ import annotations

import os
import sys

import pytest
from support_kernel import kernel

from coursekit.machine.jupyter import above

CODE = "from coursekit.machine.jupyter.above import kernels_above; print(len(kernels_above()))"


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python -m ipykernel_launcher -f /run/kernel-1f2e.json", {"1f2e"}),
        ("python -m ipykernel_launcher --f=/home/me/kernel-v2-3a.json", {"v2-3a"}),
        ("python -m ipykernel_launcher -f /tmp/tmpab12.json", {"tmpab12"}),
        ("xpython -f /run/kernel-1f2e.json", {"1f2e"}),
        ("R --slave -e IRkernel::main() --args /run/kernel-1f2e.json", {"1f2e"}),
        ("python -m jupyter_server --config=/etc/jupyter/config.json", set()),
        ("python -m ipykernel install", set()),
        ("bash", set()),
        ("", set()),
    ],
)
def test_kernels_are_known_by_their_commands(command: str, found: set[str]) -> None:
    assert above.ids(command.split()) == found


def test_what_a_cell_runs_knows_of_its_kernel_and_this_test_does_not() -> None:
    outside = len(above.kernels_above())  # none, but where a notebook runs the tests
    with kernel(dict(os.environ)) as front:
        assert front.run(f"!{sys.executable} -c '{CODE}'").strip() == str(outside + 1)
    assert len(above.kernels_above.__wrapped__()) == outside
