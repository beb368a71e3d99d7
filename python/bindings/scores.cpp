#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <filesystem>
#include <string>
#include <tuple>

#include "arrays.h"
#include "base/threads/team.h"
#include "bindings.h"
#include "scores/array_scores.h"

namespace ganymede::python {

namespace {

nb::object features(const AnyArray& images, const std::string& data,
                    const std::filesystem::path& classifier) {
  const scores::FeaturesRequest request{
      .images = view_of(images, "images"), .data = data, .classifier = classifier};
  scores::OwnedFeatures read;
  {
    const nb::gil_scoped_release without_gil;
    const base::Team team(0);
    read = scores::features_of(request, [](std::string_view) {});
  }
  const auto dimensions = static_cast<std::size_t>(read.dimensions);
  const std::size_t count = read.values.size() / dimensions;
  return to_numpy(std::move(read.values), {count, dimensions});
}

double frechet(const FloatArray& a, const FloatArray& b) {
  const eval::Features of_a = features_of(a), of_b = features_of(b);
  const nb::gil_scoped_release without_gil;
  const base::Team team(0);
  return scores::frechet(of_a, of_b);
}

std::tuple<double, double, double, double> precision_recall(const FloatArray& real,
                                                            const FloatArray& generated,
                                                            std::int64_t neighbours) {
  const eval::Features of_real = features_of(real), of_generated = features_of(generated);
  const nb::gil_scoped_release without_gil;
  const base::Team team(0);
  const scores::NeighbourScores found = scores::precision_recall(of_real, of_generated, neighbours);
  return {found.precision, found.recall, found.density, found.coverage};
}

std::tuple<double, double> kernel_distance(const FloatArray& a, const FloatArray& b, std::int64_t subsets,
                                           std::int64_t subset_size, std::uint64_t seed) {
  const eval::Features of_a = features_of(a), of_b = features_of(b);
  const nb::gil_scoped_release without_gil;
  const base::Team team(0);
  const scores::KernelScore found = scores::kernel_distance(of_a, of_b, {subsets, subset_size, seed});
  return {found.mean, found.deviation};
}

double duplicates(const AnyArray& images, const std::optional<AnyArray>& like, std::optional<double> radius) {
  const codecs::NpyView of_images = view_of(images, "images");
  const std::optional<codecs::NpyView> of_like = view_of(like, "like");
  const nb::gil_scoped_release without_gil;
  return scores::duplicates(of_images, of_like, radius);
}

}  // namespace

void bind_scores(nb::module_& module) {
  module.def("features", &features, nb::arg("images"), nb::arg("data"), nb::arg("classifier"),
             "What a classifier makes of images: [count, features].");
  module.def("frechet", &frechet, nb::arg("a"), nb::arg("b"),
             "The Fréchet distance of two sets of features.");
  module.def("precision_recall", &precision_recall, nb::arg("real"), nb::arg("generated"),
             nb::arg("neighbours"), "Precision, recall, density and coverage.");
  module.def("kernel_distance", &kernel_distance, nb::arg("a"), nb::arg("b"), nb::arg("subsets"),
             nb::arg("subset_size"), nb::arg("seed"), "The kernel distance and its deviation by subset.");
  module.def("duplicates", &duplicates, nb::arg("images"), nb::arg("like").none(), nb::arg("radius").none(),
             "The share of images with another one that is nearly the same.");
}

}  // namespace ganymede::python
