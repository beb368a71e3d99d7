#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/shape.h"
#include "codecs/image.h"
#include "codecs/npy.h"
#include "data/formats/arrays_in_memory.h"
#include "eval/features.h"

namespace ganymede::python {

namespace nb = nanobind;

/// Any array in this machine's memory, in C order: NumPy's, PyTorch's, whatever speaks DLPack or the buffer
/// protocol.
using AnyArray = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
/// 32-bit floats, copied where the values are of another type.
using FloatArray = nb::ndarray<const float, nb::c_contig, nb::device::cpu>;
using LabelArray = nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// The array's values where they are. Throws Error(data), which begins with `where`, for types that NumPy's
/// files do not have either.
codecs::NpyView view_of(const AnyArray& array, const char* where);
std::optional<codecs::NpyView> view_of(const std::optional<AnyArray>& array, const char* where);

/// Images and labels of a program's own.
struct Arrays {
  std::optional<AnyArray> images, labels, test_images, test_labels;
  std::vector<std::string> class_names;
};
/// Their values where they are. Throws as view_of() does.
std::optional<data::ImageArrays> views(const std::optional<Arrays>& arrays);

/// The array [count, ...] as features [count, dimensions], where they are.
eval::Features features_of(const FloatArray& array);

/// The values as a NumPy array of this shape, without a copy.
nb::object to_numpy(std::vector<float> values, const std::vector<std::size_t>& shape);
nb::object to_numpy(std::vector<std::uint8_t> values, const std::vector<std::size_t>& shape);
nb::object to_numpy(std::vector<double> values);
nb::object to_numpy(std::vector<std::int32_t> values);
/// [height, width, channels]
nb::object to_numpy(codecs::Image image);

/// A shape's sizes.
std::vector<std::size_t> sizes_of(const base::Shape& shape);

}  // namespace ganymede::python
