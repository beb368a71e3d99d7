#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "serve/run_summary.h"
#include "serve/trained_networks.h"

namespace ganymede::serve {

/// The files of a run that the page shows.
struct RunFiles {
  std::filesystem::path directory;
  std::filesystem::path config, meta, metrics;
  std::filesystem::path generator;  ///< written whenever the networks are saved
  std::filesystem::path samples_directory;
  std::map<std::int64_t, std::filesystem::path> samples;  ///< by epoch
};

/// How runs are read.
struct RunReader {
  /// The files of a run in a directory; nothing if it is not a run.
  std::function<std::optional<RunFiles>(const std::filesystem::path& directory)> find_files;
  /// What a list tells of a run; files that cannot be read are left out.
  std::function<RunSummary(const RunFiles& files)> summarise;
  /// The last saved networks. Throws Error(file).
  std::function<TrainedNetworks(const std::filesystem::path& directory)> open_networks;
  /// The generator as ONNX; null if the program cannot export it. Throws Error(file).
  std::function<std::string(const std::filesystem::path& directory)> export_onnx;
  /// A run's data set. Throws Error(data).
  std::function<std::shared_ptr<const data::Dataset>(const train::Recipe& recipe)> open_data;
};

/// The runs of a server by the names of their directories. Links that lead out of `root` count as missing.
class Runs {
 public:
  /// Has every run in `root` or, if `only` is not empty, only the run of that name. Throws Error(file)
  /// without the directory.
  Runs(const std::filesystem::path& root, std::string only, RunReader reader);

  const RunReader& reader() const { return reader_; }
  /// Sorted; links, such as `latest`, are left out.
  std::vector<std::string> names() const;
  /// Nothing if there is no such run.
  std::optional<RunFiles> find(const std::string& name) const;
  /// Whether `path`, without links, lies below the root.
  bool contains(const std::filesystem::path& path) const;

 private:
  std::filesystem::path root_;  // without links
  std::string only_;
  RunReader reader_;
};

}  // namespace ganymede::serve
