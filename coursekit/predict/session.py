"""One network in ONNX Runtime, from memory, careful with memory and idle processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from coursekit.core.processors import processors
from coursekit.predict.archive import Archive
from coursekit.predict.graph import outside_tensors
from coursekit.predict.manifest import AGAIN, ArchiveError

if TYPE_CHECKING:
    import onnxruntime


class Session:
    """Runs an archive's network; safe to use from several threads.

    Attributes:
        threads: Processors that one run uses.
        has_heat: Whether runs give class activation maps too.

    Raises:
        ArchiveError: ONNX Runtime cannot load the network, or it is not one for pictures.
    """

    def __init__(self, archive: Archive) -> None:
        self.threads = processors()
        try:
            self._session = _load(archive, self.threads)
        except Exception as error:  # ONNX Runtime's errors have only Exception in common
            raise ArchiveError(
                f"The network of {archive.manifest['name']} cannot be loaded. {AGAIN}"
            ) from error
        inputs = [value.name for value in self._session.get_inputs()]
        outputs = [value.name for value in self._session.get_outputs()]
        if inputs != ["images"] or outputs not in (["logits"], ["logits", "heat"]):
            raise ArchiveError(
                f"The network of {archive.manifest['name']} takes {inputs} and gives {outputs}, "
                "not images and logits. Export the model again with learn.export."
            )
        self.has_heat = "heat" in outputs

    def run(
        self, images: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """One forward pass.

        Args:
            images: float32 of shape (n, 3, height, width), normalised.

        Returns:
            Logits, float32 of shape (n, classes), and class activation maps of shape
            (n, classes, h', w') or None.
        """
        outputs = cast("list[NDArray[np.float32]]", self._session.run(None, {"images": images}))
        return outputs[0], outputs[1] if self.has_heat else None


def _load(archive: Archive, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime  # 0.1 s, so only where something is predicted

    options: Any = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # errors come as exceptions; nothing is printed
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would hold each size's activations a second time
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.load_model_format", "ONNX")
    tensors = outside_tensors(archive.graph)
    values = [
        onnxruntime.OrtValue.ortvalue_from_numpy(tensor.values(archive.weights))
        for tensor in tensors
    ]
    # The runtime copies these, so that the archive's bytes can go once the session is made.
    options.add_external_initializers([tensor.name for tensor in tensors], values)
    return onnxruntime.InferenceSession(archive.graph, options, ["CPUExecutionProvider"])
