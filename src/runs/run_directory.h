#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace ganymede::runs {

/// Where the files of a training run are.
class RunDirectory {
 public:
  /// Names the files in `path`, which need not exist.
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  /// The directory of an existing run, with links resolved. Throws Error(file) for other directories.
  static RunDirectory open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }  ///< The directory.
  /// The recipe with every setting, config.toml.
  std::filesystem::path config() const { return path_ / "config.toml"; }
  std::filesystem::path meta() const { return path_ / "meta.json"; }  ///< How the run was started, meta.json.
  /// A line of JSON for each interval, epoch and event, metrics.jsonl.
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  /// The losses by step, losses.tsv.
  std::filesystem::path losses_table() const { return path_ / "losses.tsv"; }
  /// The plot of losses_table(), losses.png.
  std::filesystem::path losses_plot() const { return path_ / "losses.png"; }
  /// The scores by epoch, scores.tsv.
  std::filesystem::path scores_table() const { return path_ / "scores.tsv"; }
  /// The plot of scores_table(), scores.png.
  std::filesystem::path scores_plot() const { return path_ / "scores.png"; }
  /// How the scores are measured, scores.json.
  std::filesystem::path scores_protocol() const { return path_ / "scores.json"; }
  /// The samples of all epochs, samples.gif.
  std::filesystem::path animation() const { return path_ / "samples.gif"; }
  /// The newest generator, generator.safetensors.
  std::filesystem::path generator() const { return path_ / "generator.safetensors"; }
  std::filesystem::path samples() const { return path_ / "samples"; }  ///< The directory of the samples.
  /// The sample of an epoch, samples/epoch_0001.png; epoch 0 is before training.
  std::filesystem::path sample(std::int64_t epoch) const;
  /// The directory of the checkpoints.
  std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
  std::filesystem::path checkpoint(std::int64_t step) const;  ///< The checkpoint of a step in checkpoints().
  /// The generator of an epoch that the recipe keeps.
  std::filesystem::path generator_of_epoch(std::int64_t epoch) const;

  /// The checkpoint with the best score.
  std::filesystem::path best_checkpoint() const { return checkpoints() / "best.safetensors"; }
  /// The generator with the best score.
  std::filesystem::path best_generator() const { return checkpoints() / "generator_best.safetensors"; }

  /// The checkpoint from before a change of the run's settings at this step.
  std::filesystem::path undo_checkpoint(std::int64_t step) const;
  /// The step of the newest of them, which undoing the change leads to; nothing if there is none.
  std::optional<std::int64_t> undo_step() const;
  /// Removes all of them but the newest ten.
  void remove_old_undo_checkpoints() const;

  /// The checkpoints' files, the newest first. Throws Error(file) if the directory cannot be read.
  std::vector<std::filesystem::path> find_checkpoints() const;
  /// The same for those of at most `last_step` steps, by their names.
  std::vector<std::filesystem::path> find_checkpoints(std::int64_t last_step) const;
  /// The samples' files, the first epoch first. Throws Error(file) if the directory cannot be read.
  std::vector<std::filesystem::path> find_samples() const;
  /// Removes temporary files of a killed process.
  void remove_temporaries() const;
  /// Removes the checkpoints, those to undo changes too, of more than `step` steps, and the samples and
  /// generators of later epochs than `epoch`.
  void remove_beyond(std::int64_t step, std::int64_t epoch) const;
  /// Removes all checkpoints except the newest two and the newest of at most `last_good_step` steps, from
  /// which the run can be resumed if it had begun to diverge.
  void remove_old_checkpoints(std::int64_t last_good_step) const;
  /// Points the link `latest` beside the run to it, if it is in a directory named runs. Failures are ignored.
  void become_latest() const;
  /// The same if that link is missing or dangling, since the process was killed before it set it.
  void become_latest_of_none() const;

 private:
  std::filesystem::path path_;
};

}  // namespace ganymede::runs
