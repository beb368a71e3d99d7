"""Runs ONNX models in ONNX Runtime, for tests/io/onnx_test.cpp and tests/cli/export_test.cpp.

compare DIR...  for each directory with model.onnx, input.npy, perhaps labels.npy, and output.npy, which have the
                channels last: checks the model with onnx.checker and prints the largest difference between its output
                and output.npy, relative to values above one. Runs the whole batch, then its first sample alone.
bytes LOW HIGH DIR...
                the same for models that give bytes; prints the largest difference in bytes and the share that differs
describe FILE   prints the inputs, outputs and metadata
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime


def channels_first(array):
    return numpy.moveaxis(array, -1, 1) if array.ndim > 2 else array


def answers(directory):
    """The expected output, and the model's for the whole batch with the first sample's run alone in front."""
    path = str(directory / "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: channels_first(numpy.load(directory / "input.npy"))}
    if (directory / "labels.npy").exists():
        feed["label"] = numpy.load(directory / "labels.npy").astype(numpy.int64)
    batch = session.run(None, feed)[0]
    first = session.run(None, {name: array[:1] for name, array in feed.items()})[0]
    expected = channels_first(numpy.load(directory / "output.npy"))
    return numpy.concatenate([expected[:1], expected]), numpy.concatenate([first, batch])


def difference(directory):
    expected, found = answers(directory)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    assert found.dtype == numpy.float32, found.dtype
    return numpy.max(numpy.abs(found - expected) / numpy.maximum(1, numpy.abs(expected)), initial=0)


def byte_difference(directory, low, high):
    expected, found = answers(directory)
    assert found.dtype == numpy.uint8, found.dtype
    scaled = 255 * (numpy.clip(expected.astype(numpy.float64), low, high) - low) / (high - low)
    expected = numpy.repeat(numpy.floor(scaled + 0.5), 3 // expected.shape[1], axis=1)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    apart = numpy.abs(found.astype(int) - expected)
    return f"{apart.max():g} {numpy.mean(apart > 0):g}"


def describe(path):
    model = onnx.load(path)
    for kind, values in ("input", model.graph.input), ("output", model.graph.output):
        for value in values:
            tensor = value.type.tensor_type
            sizes = [size.dim_param or size.dim_value for size in tensor.shape.dim]
            print(kind, value.name, onnx.TensorProto.DataType.Name(tensor.elem_type), sizes)
    for entry in model.metadata_props:
        print(entry.key, "=", entry.value.splitlines()[0])


command, *arguments = sys.argv[1:]
if command == "compare":
    for directory in map(pathlib.Path, arguments):
        print(f"{difference(directory):g}")
elif command == "bytes":
    low, high, *directories = arguments
    for directory in map(pathlib.Path, directories):
        print(byte_difference(directory, float(low), float(high)))
else:
    describe(arguments[0])
