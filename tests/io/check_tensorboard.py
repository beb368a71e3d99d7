"""Prints what TensorBoard's own reader finds in the event files of a directory, which checks their checksums, for
tests/io/tensorboard_test.cpp and tests/cli/train_test.cpp."""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
accumulator.Reload()
tags = accumulator.Tags()
for tag in sorted(tags["scalars"]):
    print("scalar", tag, *(f"{event.step}:{event.value:g}" for event in accumulator.Scalars(tag)))
for tag in sorted(tags["images"]):
    for event in accumulator.Images(tag):
        print("image", tag, event.step, f"{event.width}x{event.height}", event.encoded_image_string[:4])
for tag in sorted(tags["histograms"]):
    for event in accumulator.Histograms(tag):
        value = event.histogram_value
        print("histogram", tag, event.step, f"{value.min:g} {value.max:g} {value.num:g} {value.sum:g}",
              f"{value.sum_squares:g} {len(value.bucket)} {value.bucket_limit[-1]:g} {sum(value.bucket):g}")
for tag in sorted(tags["tensors"]):
    for event in accumulator.Tensors(tag):
        print("text", tag, event.step, event.tensor_proto.string_val[0].decode())
