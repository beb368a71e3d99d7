#include "arrays.h"

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "bindings.h"

namespace ganymede::python {

namespace {

template <class Value>
nb::object owned(std::vector<Value> values, const std::vector<std::size_t>& shape) {
  auto* const kept = new std::vector<Value>(std::move(values));
  const nb::capsule owner(kept,
                          [](void* memory) noexcept { delete static_cast<std::vector<Value>*>(memory); });
  return nb::cast(nb::ndarray<nb::numpy, Value>(kept->data(), shape.size(), shape.data(), owner));
}

std::optional<codecs::NpyKind> kind_of(nb::dlpack::dtype type) {
  using codecs::NpyKind;
  switch (static_cast<nb::dlpack::dtype_code>(type.code)) {
    case nb::dlpack::dtype_code::Bool:
      return NpyKind::boolean;
    case nb::dlpack::dtype_code::UInt:
      return NpyKind::unsigned_integer;
    case nb::dlpack::dtype_code::Int:
      return NpyKind::integer;
    case nb::dlpack::dtype_code::Float:
      return type.bits >= 32 ? std::optional(NpyKind::floating) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// As numpy writes a type: "<f4".
std::string type_name(codecs::NpyKind kind, std::size_t bytes) {
  const char letter = kind == codecs::NpyKind::boolean    ? 'b'
                      : kind == codecs::NpyKind::integer  ? 'i'
                      : kind == codecs::NpyKind::floating ? 'f'
                                                          : 'u';
  return fmt::format("{}{}{}", bytes == 1 ? '|' : '<', letter, bytes);
}

[[noreturn]] void refuse(const char* where, std::string found, std::string expected, std::string advice) {
  throw base::Error(base::ErrorKind::data, {.where = where,
                                            .found = std::move(found),
                                            .expected = std::move(expected),
                                            .advice = std::move(advice)});
}

}  // namespace

codecs::NpyView view_of(const AnyArray& array, const char* where) {
  const auto kind = kind_of(array.dtype());
  const std::size_t bytes = array.itemsize();
  if (!kind || bytes > sizeof(double)) {
    refuse(where, fmt::format("values of {} bits and another type", 8 * bytes),
           "booleans, whole numbers of at most 64 bits, or floats of 32 or 64",
           "Convert them, for example with numpy: images.astype('float32')");
  }
  if (array.ndim() > base::Shape::max_rank || array.size() == 0) {
    refuse(where, fmt::format("an array of {} axes and {} values", array.ndim(), array.size()),
           fmt::format("at most {} axes, and a value at least", base::Shape::max_rank),
           "Give images as [count, height, width, channels]");
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 0; axis < array.ndim(); ++axis) {
    sizes.push_back(static_cast<std::int64_t>(array.shape(axis)));
  }
  return {.shape = base::Shape(std::span<const std::int64_t>(sizes)),
          .kind = *kind,
          .value_bytes = bytes,
          .type = type_name(*kind, bytes),
          .values = {static_cast<const std::byte*>(array.data()), array.nbytes()}};
}

std::optional<codecs::NpyView> view_of(const std::optional<AnyArray>& array, const char* where) {
  return array ? std::optional(view_of(*array, where)) : std::nullopt;
}

std::optional<data::ImageArrays> views(const std::optional<Arrays>& arrays) {
  if (!arrays || !arrays->images) {
    return std::nullopt;
  }
  return data::ImageArrays{.images = view_of(*arrays->images, "images"),
                           .labels = view_of(arrays->labels, "labels"),
                           .test_images = view_of(arrays->test_images, "test images"),
                           .test_labels = view_of(arrays->test_labels, "test labels"),
                           .class_names = arrays->class_names};
}

void bind_arrays(nb::module_& module) {
  using Array = std::optional<AnyArray>;
  nb::class_<Arrays>(module, "Arrays", "Images and labels in memory.")
      .def(
          "__init__",
          [](Arrays* arrays, Array images, Array labels, Array test_images, Array test_labels,
             std::vector<std::string> class_names) {
            new (arrays) Arrays{std::move(images), std::move(labels), std::move(test_images),
                                std::move(test_labels), std::move(class_names)};
          },
          nb::arg("images").none(), nb::arg("labels").none(), nb::arg("test_images").none(),
          nb::arg("test_labels").none(), nb::arg("class_names"));
}

eval::Features features_of(const FloatArray& array) {
  if (array.ndim() < 2 || array.size() == 0) {
    refuse("features", fmt::format("an array of {} axes and {} values", array.ndim(), array.size()),
           "[count, features], or images [count, ...]", "Give an array with a row for each image");
  }
  return {{array.data(), array.size()}, static_cast<std::int64_t>(array.size() / array.shape(0))};
}

nb::object to_numpy(std::vector<float> values, const std::vector<std::size_t>& shape) {
  return owned(std::move(values), shape);
}

nb::object to_numpy(std::vector<std::uint8_t> values, const std::vector<std::size_t>& shape) {
  return owned(std::move(values), shape);
}

nb::object to_numpy(std::vector<double> values) {
  const std::size_t count = values.size();
  return owned(std::move(values), {count});
}

nb::object to_numpy(std::vector<std::int32_t> values) {
  const std::size_t count = values.size();
  return owned(std::move(values), {count});
}

nb::object to_numpy(codecs::Image image) {
  const std::vector<std::size_t> shape = {static_cast<std::size_t>(image.height),
                                          static_cast<std::size_t>(image.width),
                                          static_cast<std::size_t>(image.channels)};
  return owned(std::move(image.pixels), shape);
}

std::vector<std::size_t> sizes_of(const base::Shape& shape) {
  return {shape.sizes().begin(), shape.sizes().end()};
}

}  // namespace ganymede::python
