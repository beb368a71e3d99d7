#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "data/formats/format.h"

namespace ganymede::data {

/// Whether the path is an .npy or .npz file, by its first bytes, or a directory with some, by their names.
bool is_numpy_arrays(const std::filesystem::path& path);

/// Reads the arrays of an .npz file, of an .npy file and the labels beside it (digits.labels.npy beside
/// digits.npy), or of a directory of either. What an array is follows from the words in its name, or its
/// file's name where it is the only one: train, val or test; x or images, y or labels: "x_train",
/// "train_images", "kmnist-test-labels". `arr_0` is images and `arr_1` their labels, and a single array of
/// any name is images. Without images to test with the validation images are those, else they are left out.
/// An array of text called class_names names the classes. Labels are whole numbers, [count] or [count, 1].
/// Images are bytes, booleans, or floats from 0 to 1, -1 to 1 or 0 to 255, which the training images decide.
/// Throws Error(data) or Error(file).
Source read_numpy_arrays(const std::filesystem::path& path, const Preparation& preparation, Splits splits);

/// The same of an .npz file in memory, called `path` in errors.
Source read_npz(std::vector<std::uint8_t> file, const std::filesystem::path& path, Splits splits);

/// The data set as an .npz file: x_train, y_train, x_test and y_test, bytes of the axes [count, height,
/// width, channels], without the last where there is one channel, and class_names; without labels the images
/// alone.
std::vector<std::byte> to_npz(const Dataset& dataset);

}  // namespace ganymede::data
