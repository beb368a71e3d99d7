#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <string>
#include <tuple>

#include "arrays.h"
#include "artifacts/exports/export.h"
#include "bindings.h"
#include "codecs/png.h"
#include "draw/sampler.h"
#include "io/networks/channels_first.h"
#include "io/pictures/grid.h"
#include "train/sampling.h"

namespace ganymede::python {

namespace {

/// A generator that several threads may use, one at a time.
class Generator {
 public:
  explicit Generator(const std::filesystem::path& path) : sampler_(artifacts::open_generator(path)) {}

  const artifacts::SavedGenerator& saved() const { return sampler_.generator(); }
  const draw::Sampler& sampler() const { return sampler_; }

  draw::Samples draw(std::span<const float> latents, std::span<const std::int32_t> labels) {
    const nb::gil_scoped_release without_gil;
    const std::scoped_lock lock(mutex_);
    return sampler_.draw(latents, labels);
  }

 private:
  draw::Sampler sampler_;
  std::mutex mutex_;
};

std::tuple<nb::object, nb::object> to_python(draw::Samples samples) {
  const std::vector<std::size_t> shape = sizes_of(samples.images.shape);
  return {to_numpy(std::move(samples.images.values), shape), to_numpy(std::move(samples.labels))};
}

std::tuple<nb::object, nb::object> make(Generator& generator, const FloatArray& latents,
                                        const std::optional<LabelArray>& labels) {
  std::span<const std::int32_t> wanted;
  if (labels) {
    wanted = {labels->data(), labels->size()};
  }
  return to_python(generator.draw({latents.data(), latents.size()}, wanted));
}

nb::object latents(const Generator& generator, std::int64_t count, std::optional<std::uint64_t> seed,
                   std::optional<double> temperature) {
  train::Recipe recipe = generator.saved().info.recipe;
  recipe.latent.temperature = temperature.value_or(recipe.latent.temperature);
  return to_numpy(train::sample_latents(recipe, seed.value_or(generator.sampler().seed()), count),
                  {static_cast<std::size_t>(count), static_cast<std::size_t>(recipe.latent.size)});
}

nb::dict state_dict(const Generator& generator) {
  const artifacts::SavedGenerator& saved = generator.saved();
  const auto layout = io::channels_first_layout(saved.spec);
  nb::dict tensors;
  for (std::size_t n = 0; n < layout.size(); ++n) {
    tensors[layout[n].name.c_str()] =
        to_numpy(io::to_channels_first(layout[n], saved.weights.values(saved.weights.table()[n])),
                 sizes_of(layout[n].shape));
  }
  return tensors;
}

nb::object to_bytes(const FloatArray& images, float low, float high) {
  std::vector<std::uint8_t> bytes(images.size());
  std::transform(images.data(), images.data() + images.size(), bytes.begin(),
                 [&](float value) { return io::to_byte(value, low, high); });
  std::vector<std::size_t> shape(images.shape_ptr(), images.shape_ptr() + images.ndim());
  return to_numpy(std::move(bytes), shape);
}

nb::bytes sheet_png(const FloatArray& images, float low, float high, std::int64_t columns) {
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 0; axis < images.ndim(); ++axis) {
    sizes.push_back(static_cast<std::int64_t>(images.shape(axis)));
  }
  const draw::Images copy{base::Shape(std::span<const std::int64_t>(sizes)),
                          {images.data(), images.data() + images.size()}};
  draw::require_drawable({sizes[1], sizes[2], sizes[3]}, sizes[0], columns);
  const std::vector<std::byte> png = codecs::encode_png(draw::make_sheet(copy, {low, high}, columns));
  return nb::bytes(png.data(), png.size());
}

}  // namespace

void bind_generators(nb::module_& module) {
  nb::class_<Generator>(module, "Generator", "A saved generator.")
      .def(nb::init<const std::filesystem::path&>(), nb::arg("path"))
      .def("make", &make, nb::arg("latents"), nb::arg("labels").none(),
           "Images [count, height, width, channels] of latent points, and their labels.")
      .def("latents", &latents, nb::arg("count"), nb::arg("seed").none(), nb::arg("temperature").none(),
           "The first latent points [count, latent] of a seed.")
      .def(
          "labels",
          [](const Generator& generator, std::int64_t count, std::int64_t columns) {
            return to_numpy(train::sample_labels(count, columns, generator.sampler().classes()));
          },
          nb::arg("count"), nb::arg("columns"), "Labels [count], each for a row of so many columns.")
      .def("state_dict", &state_dict, "The weights by PyTorch's names, in its layout.")
      .def(
          "write_onnx",
          [](const Generator& generator, const std::filesystem::path& path) {
            artifacts::export_format("onnx").write(path, generator.saved(), {});
          },
          nb::arg("path"), "Write the generator as an ONNX model.")
      .def_prop_ro("latent_size",
                   [](const Generator& generator) { return generator.sampler().latent_size(); })
      .def_prop_ro("classes", [](const Generator& generator) { return generator.sampler().classes(); })
      .def_prop_ro("class_names",
                   [](const Generator& generator) { return generator.saved().info.class_names; })
      .def_prop_ro("image_shape",
                   [](const Generator& generator) {
                     return nb::tuple(nb::cast(sizes_of(generator.sampler().image_shape())));
                   })
      .def_prop_ro("pixel_range",
                   [](const Generator& generator) {
                     const train::PixelRange& range = generator.saved().info.recipe.pixel_range;
                     return std::tuple(range.low, range.high);
                   })
      .def_prop_ro("step", [](const Generator& generator) { return generator.saved().info.step; })
      .def_prop_ro("epoch", [](const Generator& generator) { return generator.saved().info.epoch; })
      .def_prop_ro("dataset", [](const Generator& generator) { return generator.saved().info.dataset; })
      .def_prop_ro("recipe_toml",
                   [](const Generator& generator) { return train::to_toml(generator.saved().info.recipe); });
  module.def("to_bytes", &to_bytes, nb::arg("images"), nb::arg("low"), nb::arg("high"),
             "Pixels as bytes; `low` is black and `high` white.");
  module.def("sheet_png", &sheet_png, nb::arg("images"), nb::arg("low"), nb::arg("high"), nb::arg("columns"),
             "Images [count, height, width, channels] as a PNG file, in rows of so many columns.");
}

}  // namespace ganymede::python
