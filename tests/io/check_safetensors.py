"""Reads and writes safetensors files with the official package, for tests/io/safetensors_test.cpp.

read FILE     prints a line "name [sizes] values..." for each tensor and a line "key = value" for each metadatum
write FILE    writes three tensors and a metadatum
read-npy FILE prints the same line for the array of f32 or bytes that numpy.load() reads
"""

import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file


def print_array(name, array):
    assert array.dtype == numpy.float32, array.dtype
    print(name, list(array.shape), *(float(value) for value in array.flatten()))


command, path = sys.argv[1:]
if command == "read":
    with safe_open(path, framework="numpy") as file:
        for key, value in sorted(file.metadata().items()):
            print(key, "=", value)
        for name in sorted(file.keys()):
            print_array(name, file.get_tensor(name))
elif command == "read-npy":
    array = numpy.load(path)
    if array.dtype == numpy.uint8:
        print("array", list(array.shape), *array)
    else:
        print_array("array", array)
else:
    tensors = {
        "weights": numpy.arange(6, dtype=numpy.float32).reshape(2, 3) / 4,
        "bias": numpy.array([-1.5, 2.5], dtype=numpy.float32),
        "scale": numpy.array(7, dtype=numpy.float32),
    }
    save_file(tensors, path, metadata={"made by": 'the "official" package'})
