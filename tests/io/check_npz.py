"""Reads and writes NumPy's archives with NumPy, for tests/data/formats/numpy_arrays_test.cpp.

read FILE          prints "name dtype [sizes] values..." for each array
write LAYOUT FILE  writes six images of 4 by 4 pixels, image n of the value 10 n, as others keep them
"""

import sys

import numpy

images = numpy.repeat(numpy.arange(6, dtype=numpy.uint8) * 10, 16).reshape(6, 4, 4)
labels = numpy.array([0, 1, 2, 0, 1, 2])
colored = numpy.stack([images, images + 1, images + 2], axis=-1)

LAYOUTS = {
    "keras": dict(x_train=images[:4], y_train=labels[:4].astype("uint8"), x_test=images[4:], y_test=labels[4:].astype("uint8")),
    "medmnist": dict(
        train_images=colored[:3], train_labels=labels[:3].reshape(-1, 1), val_images=colored[3:4],
        val_labels=labels[3:4].reshape(-1, 1), test_images=colored[4:], test_labels=labels[4:].reshape(-1, 1)),
    "unnamed": dict(arr_0=images, arr_1=labels),
    "channels-first": dict(images=numpy.moveaxis(colored, 3, 1)),
    "float": dict(x=images / 50.0),
    "signed": dict(x=(images / 25.0 - 1.0).astype("float32")),
    "boolean": dict(x=images > 25),
    "odd-range": dict(x=images * 10.0),
    "objects": dict(x=numpy.array([images[0], None], dtype=object)),
    "fortran": dict(x=numpy.asfortranarray(images)),
    "one-hot": dict(x=images, y=numpy.eye(3)[labels]),
}

command, *arguments = sys.argv[1:]
if command == "read":
    with numpy.load(arguments[0], allow_pickle=False) as archive:
        for name in archive:
            array = archive[name]
            print(name, array.dtype.name if array.dtype.kind != "U" else "text", list(array.shape), *array.flatten())
else:
    layout, path = arguments
    numpy.savez_compressed(path, **LAYOUTS[layout])
