#!/usr/bin/env python3
"""Writes the 1,797 handwritten digits of 8 by 8 pixels that scikit-learn comes with as digits.npz.

    pip install scikit-learn
    python3 examples/digits_as_npz.py digits.npz
    ganymede data digits.npz

They are the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak, UCI Machine Learning
Repository, CC BY 4.0). scikit-learn is not imported: only its file is read.
"""

import gzip
import importlib.util
import pathlib
import sys

import numpy


def main():
    package = importlib.util.find_spec("sklearn")
    if package is None or len(sys.argv) != 2:
        sys.exit(__doc__)
    with gzip.open(pathlib.Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz") as file:
        rows = numpy.loadtxt(file, delimiter=",")
    images = numpy.rint(rows[:, :-1] * (255.0 / 16.0)).astype("uint8").reshape(-1, 8, 8)
    numpy.savez_compressed(sys.argv[1], images=images, labels=rows[:, -1].astype("uint8"))


main()
