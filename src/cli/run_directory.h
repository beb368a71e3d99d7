#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ganymede::cli {

/// Where the files of a training run are.
class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  /// The directory of a run that was begun, without links. Throws Error(file) if it is none.
  static RunDirectory open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path config() const { return path_ / "config.toml"; }
  std::filesystem::path meta() const { return path_ / "meta.json"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path losses_table() const { return path_ / "losses.tsv"; }
  std::filesystem::path losses_plot() const { return path_ / "losses.png"; }
  std::filesystem::path scores_table() const { return path_ / "scores.tsv"; }
  std::filesystem::path scores_plot() const { return path_ / "scores.png"; }
  std::filesystem::path scores_protocol() const { return path_ / "scores.json"; }
  std::filesystem::path animation() const { return path_ / "samples.gif"; }
  std::filesystem::path generator() const { return path_ / "generator.safetensors"; }
  std::filesystem::path samples() const { return path_ / "samples"; }
  std::filesystem::path sample(std::int64_t epoch) const;
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
  std::filesystem::path checkpoint(std::int64_t step) const;
  std::filesystem::path generator_of_epoch(std::int64_t epoch) const;

  std::filesystem::path best_checkpoint() const { return checkpoints() / "best.safetensors"; }
  std::filesystem::path best_generator() const { return checkpoints() / "generator_best.safetensors"; }

  /// The checkpoints' files, the newest first.
  std::vector<std::filesystem::path> find_checkpoints() const;
  /// The samples' files, the first epoch first.
  std::vector<std::filesystem::path> find_samples() const;
  /// Removes what a process that was killed had not finished writing.
  void remove_temporaries() const;

 private:
  std::filesystem::path path_;
};

/// A run directory in the making, under a hidden name beside its place, so that a run directory that can be
/// seen can be resumed. Removed at the end of its life unless it was put in place.
class StagedRun {
 public:
  /// `out` is the directory that the user asked for; empty for runs/<time>-<recipe>. Throws Error(file) if it
  /// exists with something in it or cannot be made.
  StagedRun(const std::filesystem::path& out, const std::string& recipe);
  ~StagedRun();
  StagedRun(const StagedRun&) = delete;
  StagedRun& operator=(const StagedRun&) = delete;

  /// The directory as it is for now.
  const RunDirectory& directory() const { return staged_; }
  /// Moves the directory to its place and points the link `latest` beside it there if that is in a directory
  /// named runs. Throws Error(file).
  RunDirectory put_in_place();

 private:
  std::filesystem::path place_;
  RunDirectory staged_;
};

/// Throws Error(file) if a run cannot be made at `out` because there is something already.
void require_free(const std::filesystem::path& out);

}  // namespace ganymede::cli
