"""Weights that an ONNX graph takes from outside, wherever in it they are."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.external_data_helper import set_external_data
from onnx.numpy_helper import to_array

from coursekit.predict.graph import outside_tensors


def _outside(name: str = "hidden", location: str = "/etc/passwd") -> TensorProto:
    tensor = helper.make_tensor(name, TensorProto.FLOAT, [2, 3], bytes(24), raw=True)
    set_external_data(tensor, location, offset=16, length=24)
    tensor.ClearField("raw_data")
    return tensor


def _model(**graph: Any) -> onnx.ModelProto:
    nodes, inputs = graph.pop("nodes", []), graph.pop("inputs", [])
    return helper.make_model(helper.make_graph(nodes, "g", inputs, [], **graph))


def test_names_shapes_and_places_are_those_that_onnx_reads(parts: tuple[bytes, bytes]) -> None:
    graph, weights = parts
    proto = onnx.load_from_string(graph)
    expected = {i.name: i for i in proto.graph.initializer if i.external_data}
    found = {tensor.name: tensor for tensor in outside_tensors(graph)}
    assert found.keys() == expected.keys()
    assert len(found) > 0
    for name, tensor in found.items():
        initializer = expected[name]
        initializer.raw_data = weights[tensor.offset : tensor.offset + tensor.length]
        initializer.data_location = TensorProto.DEFAULT
        values = tensor.values(weights)
        np.testing.assert_array_equal(values, to_array(initializer))
        assert values.dtype == to_array(initializer).dtype
        assert not values.flags.owndata


def _hidden() -> dict[str, onnx.ModelProto]:
    """Models with a tensor from outside in every place that can hold one."""
    inner = helper.make_graph([], "inner", [], [], initializer=[_outside()])
    constant = helper.make_node("Constant", [], ["a"], value=_outside())
    several = helper.make_node("Odd", [], ["a"])
    several.attribute.append(helper.make_attribute("values", [_outside(), _outside("second")]))
    branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
    loops = helper.make_node("Odd", ["x"], ["y"])
    loops.attribute.append(helper.make_attribute("graphs", [inner]))
    sparse = onnx.SparseTensorProto(values=_outside(), dims=[6])
    indices = onnx.SparseTensorProto(indices=_outside(), dims=[6])
    function = _model()
    function.functions.append(
        helper.make_function("d", "f", [], [], [constant], [helper.make_opsetid("", 17)])
    )
    default = _model()
    default.functions.append(helper.make_function("d", "f", [], [], [], []))
    default.functions[0].attribute_proto.append(helper.make_attribute("a", _outside()))
    training = _model()
    training.training_info.append(onnx.TrainingInfoProto(algorithm=inner))
    starting = _model()
    starting.training_info.append(onnx.TrainingInfoProto(initialization=inner))
    return {
        "initializer": _model(initializer=[_outside()]),
        "constant": _model(nodes=[constant]),
        "several": _model(nodes=[several]),
        "branch": _model(nodes=[branch]),
        "graphs": _model(nodes=[loops]),
        "sparse": _model(sparse_initializer=[sparse]),
        "indices": _model(sparse_initializer=[indices]),
        "sparse attribute": _model(
            nodes=[helper.make_node("Constant", [], ["a"], sparse_value=sparse)]
        ),
        "function": function,
        "default": default,
        "training": training,
        "starting": starting,
    }


@pytest.mark.parametrize("place", _hidden())
def test_no_place_hides_a_tensor_from_outside(place: str) -> None:
    found = outside_tensors(_hidden()[place].SerializeToString())
    assert {tensor.location for tensor in found} == {"/etc/passwd"}
    assert {(tensor.shape, tensor.offset) for tensor in found} == {((2, 3), 16)}
    assert "hidden" in {tensor.name for tensor in found}


def test_a_model_that_keeps_its_weights_has_none_outside() -> None:
    inside = helper.make_tensor("a", TensorProto.FLOAT, [2], [1.0, 2.0])
    assert outside_tensors(_model(initializer=[inside]).SerializeToString()) == []


def test_an_outside_tensor_without_a_location_is_refused() -> None:
    tensor = TensorProto(name="a", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    with pytest.raises(ValueError, match="one location"):
        outside_tensors(_model(initializer=[tensor]).SerializeToString())


def test_two_locations_are_refused() -> None:
    tensor = _outside(location="weights.safetensors")
    tensor.external_data.add(key="location", value="/etc/passwd")
    with pytest.raises(ValueError, match="one location"):
        outside_tensors(_model(initializer=[tensor]).SerializeToString())


def test_types_that_numpy_does_not_have_are_refused() -> None:
    tensor = _outside()
    tensor.data_type = TensorProto.BFLOAT16
    with pytest.raises(ValueError, match="does not fit"):
        outside_tensors(_model(initializer=[tensor]).SerializeToString())


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_tensors_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        outside_tensors(data)


@settings(max_examples=200, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1))
def test_damaged_models_give_tensors_or_a_value_error(
    parts: tuple[bytes, bytes], flips: list[tuple[int, int]]
) -> None:
    data = bytearray(parts[0])
    for place, bits in flips:
        data[place % len(data)] ^= bits
    with contextlib.suppress(ValueError):
        outside_tensors(bytes(data))
