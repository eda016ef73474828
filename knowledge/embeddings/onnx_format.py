"""As much of the ONNX file format as it takes to read a model's weights and to write another graph over them.

Field numbers are those of `onnx.proto` (https://onnx.ai/onnx/repo-docs/IR.html); fields that are not named here are
passed over when a file is read. The `onnx` package would do the same with 18 MB of code for all operators.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[str | int, ...]

_MESSAGES: dict[str, str] = {
    # name, number, kind; * repeats
    "OperatorSet": "domain 1 string, version 2 int64",
    "Dimension": "dim_value 1 int64, dim_param 2 string",
    "Shape": "dim 1 *Dimension",
    "TensorType": "elem_type 1 int32, shape 2 Shape",
    "Type": "tensor_type 1 TensorType",
    "ValueInfo": "name 1 string, type 2 Type",
    "Tensor": "dims 1 *int64, data_type 2 int32, name 8 string, raw_data 9 bytes",
    "Attribute": "name 1 string, f 2 float, i 3 int64, type 20 int32",
    "Node": "input 1 *string, output 2 *string, name 3 string, op_type 4 string, attribute 5 *Attribute,"
    " domain 7 string",
    "Graph": "node 1 *Node, name 2 string, initializer 5 *Tensor, input 11 *ValueInfo, output 12 *ValueInfo",
    "Model": "ir_version 1 int64, graph 7 Graph, opset_import 8 *OperatorSet",
}
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype(np.float32), 3: np.dtype(np.int8), 7: np.dtype(np.int64)}
"""Tensor data types."""
FLOAT, INT64 = 1, 7
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT = 1, 2
OPSET, CONTRIB = 18, "com.microsoft"
"""Version of the standard operators; the domain of ONNX Runtime's own."""


@cache
def _message(name: str) -> Any:
    """The class of a message."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="concierge/onnx.proto", package="concierge.onnx", syntax="proto2")
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for field in fields.split(", "):
            label, number, kind = field.split()
            added = described.field.add(name=label, number=int(number), label=kinds.LABEL_OPTIONAL)
            if kind.startswith("*"):
                added.label = kinds.LABEL_REPEATED
            kind = kind.lstrip("*")
            if kind in _MESSAGES:
                added.type, added.type_name = kinds.TYPE_MESSAGE, f".concierge.onnx.{kind}"
            else:
                added.type = kinds.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"concierge.onnx.{name}"))


def read_model(data: bytes) -> tuple[list[Any], dict[str, Array]]:
    """The nodes of an ONNX file (with `op_type`, `input`, `output`) and its weights by name.

    Raises ValueError for what is no such file, or holds a type of weights that is not known here.
    """
    from google.protobuf.message import DecodeError

    model = _message("Model")()
    try:
        model.ParseFromString(data)
    except DecodeError as error:
        raise ValueError(f"not an ONNX file: {error}") from error
    weights = {
        tensor.name: np.frombuffer(tensor.raw_data, _TYPES[tensor.data_type]).reshape(tuple(tensor.dims))
        for tensor in model.graph.initializer
        if tensor.data_type in _TYPES
    }
    return list(model.graph.node), weights


class GraphWriter:
    """Builds a graph, node by node; a value is known by its name."""

    def __init__(self) -> None:
        self._model = _message("Model")(ir_version=9)
        self._model.opset_import.add(version=OPSET)
        self._model.opset_import.add(domain=CONTRIB, version=1)
        self._graph = self._model.graph
        self._graph.name = "graph"

    def constant(self, values: Array) -> str:
        """Add weights; returns their name."""
        name = f"c{len(self._graph.initializer)}"
        kind = next(number for number, dtype in _TYPES.items() if dtype == values.dtype)
        self._graph.initializer.add(name=name, dims=values.shape, data_type=kind, raw_data=values.tobytes())
        return name

    def node(self, operator: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: float) -> list[str]:
        """Add a node; returns the names of its outputs. An attribute that is an int is written as one."""
        number = len(self._graph.node)
        names = [f"n{number}_{output}" for output in range(outputs)]
        node = self._graph.node.add(op_type=operator, name=f"n{number}", domain=domain, input=inputs, output=names)
        for name, value in attributes.items():
            if isinstance(value, int):
                node.attribute.add(name=name, i=value, type=_ATTRIBUTE_INT)
            else:
                node.attribute.add(name=name, f=value, type=_ATTRIBUTE_FLOAT)
        return names

    def file(self, inputs: dict[str, tuple[int, Shape]], output: str, shape: Shape) -> bytes:
        """The ONNX file. inputs: element type and shape by name; a dimension is a number or a name for any."""
        for name, (kind, dimensions) in inputs.items():
            self._value(self._graph.input.add(name=name), kind, dimensions)
        self._value(self._graph.output.add(name=output), FLOAT, shape)
        data: bytes = self._model.SerializeToString()
        return data

    @staticmethod
    def _value(value: Any, kind: int, dimensions: Shape) -> None:
        value.type.tensor_type.elem_type = kind
        for dimension in dimensions:
            named = isinstance(dimension, str)
            value.type.tensor_type.shape.dim.add(**{"dim_param" if named else "dim_value": dimension})
