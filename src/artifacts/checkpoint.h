#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "artifacts/generator_file.h"
#include "io/files/safetensors.h"
#include "runs/run_directory.h"
#include "train/trainer.h"

namespace ganymede::artifacts {

/// What a checkpoint says beside the tensors.
struct CheckpointInfo {
  std::int64_t step = 0;         ///< steps that are done
  std::int64_t total_steps = 0;  ///< where the run is to end
  train::Recipe recipe;          ///< of the run
  std::string dataset;           ///< its name
  std::string dataset_digest;    ///< of its files
  /// What the run's best checkpoint was chosen by, the lower the better; nothing in others.
  std::optional<double> score = std::nullopt;
};

/// Writes everything that a run needs to continue exactly. Throws Error(file), and Error(diverged) if a
/// weight is not finite.
void write_checkpoint(const std::filesystem::path& path, const CheckpointInfo& info, train::Trainer& trainer);

/// A checkpoint in memory. Throws Error(file) for a damaged file or one of another program.
class Checkpoint {
 public:
  explicit Checkpoint(std::filesystem::path path);  ///< Reads the file at `path`.

  const CheckpointInfo& info() const { return info_; }  ///< The metadata.

  /// Loads the state into `trainer`, which has the recipe `recipe`. Throws Error(file), before any change, if
  /// the networks differ.
  void restore(train::Trainer& trainer, const train::Recipe& recipe) const;

  /// The weights of one of the run's networks. Throws Error(file) if they are not all there.
  net::Weights weights(const net::NetSpec& network) const;
  /// The generator's weights for making images: their average, if there is one. Throws as weights().
  net::Weights sampling_weights() const;

 private:
  net::Weights weights(const net::NetSpec& network, const std::string& suffix) const;

  std::filesystem::path path_;
  io::SafetensorsFile file_;
  CheckpointInfo info_;
};

/// How far a run is.
struct Progress {
  std::int64_t step = 0;         ///< steps that are done
  std::int64_t total_steps = 0;  ///< where the run is to end
};
/// The progress that the checkpoint at `path` holds; only the beginning of the file is read, and its digest
/// is not compared. Throws Error(file).
Progress read_progress(const std::filesystem::path& path);

/// Whether the file at `path` is not what was written: it can be read, and its contents do not have the
/// digest that is stored in them. Throws Error(file) if it cannot be read.
bool is_damaged(const std::filesystem::path& path);

/// The best checkpoint of a run; nothing if it is missing or damaged. Throws Error(file) if it cannot be
/// read.
std::optional<Checkpoint> open_best(const runs::RunDirectory& run);

/// The generator's partner of a run's newest checkpoint; `info` is of the generator. Throws Error(file)
/// if the run has no checkpoint.
SavedNetwork open_partner(const std::filesystem::path& run, GeneratorInfo info);

}  // namespace ganymede::artifacts
