#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "arrays.h"
#include "artifacts/exports/export.h"
#include "base/threads/team.h"
#include "bindings.h"
#include "io/pictures/png.h"
#include "runs/metrics_file.h"
#include "runs/run_directory.h"
#include "scores/evaluation.h"

namespace ganymede::python {

namespace {

namespace fs = std::filesystem;

fs::path export_run(const fs::path& run_or_file, const std::string& format, const fs::path& out,
                    bool discriminator, bool bytes) {
  const nb::gil_scoped_release without_gil;
  return artifacts::export_network(run_or_file, artifacts::export_format(format),
                                   {.out = out, .bytes = bytes, .discriminator = discriminator})
      .path;
}

nb::dict columns(const fs::path& run, const std::string& key) {
  nb::dict result;
  for (auto& [name, values] : runs::metrics_columns(runs::RunDirectory(run).metrics(), key)) {
    result[name.c_str()] = to_numpy(std::move(values));
  }
  return result;
}

std::tuple<std::string, std::string> evaluate(const fs::path& images, const std::string& data,
                                              const std::optional<Arrays>& real,
                                              std::optional<std::int64_t> count, std::uint64_t seed,
                                              std::int64_t resamples, bool quick, const fs::path& classifier,
                                              const nb::object& say) {
  scores::EvaluationRequest request{.images = images,
                                    .count = count,
                                    .seed = seed,
                                    .resamples = resamples,
                                    .data = data,
                                    .arrays = views(real),
                                    .classifier = classifier,
                                    .quick = quick};
  const nb::gil_scoped_release without_gil;
  const base::Team team(0);
  const scores::EvaluationReport report = scores::evaluate(request, [&](std::string_view line) {
    const nb::gil_scoped_acquire with_gil;
    say(nb::str(line.data(), line.size()));
  });
  return {scores::as_json(report), scores::as_table(report)};
}

}  // namespace

void bind_runs(nb::module_& module) {
  module.def(
      "open_run", [](const fs::path& path) { return runs::RunDirectory::open(path).path(); }, nb::arg("path"),
      "The directory of a run, with links resolved.");
  module.def(
      "run_recipe", [](const fs::path& path) { return runs::RunDirectory::open(path).config(); },
      nb::arg("path"), "The file of the run's recipe.");
  module.def("metrics", &columns, nb::arg("path"), nb::arg("key"),
             "The columns of the run's metrics whose lines have this key.");
  module.def(
      "sample_files", [](const fs::path& path) { return runs::RunDirectory::open(path).find_samples(); },
      nb::arg("path"), "The pictures of the run's samples, the first epoch first.");
  module.def(
      "read_png", [](const fs::path& path) { return to_numpy(io::read_png(path)); }, nb::arg("path"),
      "A picture as an array [height, width, channels].");
  module.def("export_run", &export_run, nb::arg("path"), nb::arg("format"), nb::arg("out"),
             nb::arg("discriminator"), nb::arg("bytes"), "Write a run's network for other programs.");
  module.def("evaluate", &evaluate, nb::arg("images"), nb::arg("data"), nb::arg("real").none(),
             nb::arg("count").none(), nb::arg("seed"), nb::arg("resamples"), nb::arg("quick"),
             nb::arg("classifier"), nb::arg("say"), "Scores as JSON and as a table.");
}

}  // namespace ganymede::python
