#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "artifacts/checkpoint.h"
#include "artifacts/generator_file.h"
#include "runs/run_directory.h"
#include "scores/image_source.h"
#include "train/sampling.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Writes the samples, checkpoints and generators of a run.
class Snapshots {
 public:
  /// All but the recipe must outlive it.
  Snapshots(const train::Recipe& recipe, const data::Dataset& dataset, train::Trainer& trainer,
            const ops::Device& device);

  /// A sheet of images from the same latent points each time.
  void write_sample(const runs::RunDirectory& run, std::int64_t epoch);
  /// Writes generator.safetensors, then the checkpoint of the current step unless it exists, so a run with a
  /// checkpoint has its generator, too. Removes old checkpoints as RunDirectory::remove_old_checkpoints()
  /// does.
  void write_checkpoint(const runs::RunDirectory& run, std::int64_t last_good_step);
  /// Writes the checkpoint and the generator of the current step as the best ones; `score` is theirs.
  void keep_best(const runs::RunDirectory& run, double score);
  /// Writes the checkpoint of the current step as the one that undoes a change, unless one of the same step
  /// was written: both changes are undone together.
  void keep_for_undo(const runs::RunDirectory& run);
  /// Writes again the files of `checkpoint`, which the trainer has just loaded, and of the best one: both
  /// generators, and the sample if it is due and missing. Throws Error(file).
  void make_again(const runs::RunDirectory& run, const artifacts::Checkpoint& checkpoint);
  /// Images of the generator, as make_image_set() makes them for its data.
  scores::ImageSet draw_images(std::int64_t count, std::uint64_t seed);
  /// A few such images, without compiling anything.
  scores::ImageSet draw_few_images(std::int64_t count, std::uint64_t seed);
  /// Writes the generator of an epoch that the recipe keeps.
  void keep_generator(const runs::RunDirectory& run, std::int64_t epoch);

 private:
  artifacts::GeneratorInfo info_of(const train::Recipe& recipe, std::int64_t step) const;
  artifacts::CheckpointInfo checkpoint_info() const;
  void write_current_generator(const std::filesystem::path& path);
  void write_generator_of(const artifacts::Checkpoint& checkpoint, const std::filesystem::path& path) const;

  train::Recipe recipe_;
  const data::Dataset& dataset_;
  std::string dataset_digest_;
  train::Trainer& trainer_;
  const ops::Device& device_;
  std::vector<float> latents_;        // [grid, latent]
  std::vector<std::int32_t> labels_;  // [grid]
  train::ImageMaker maker_;
};

}  // namespace ganymede::session
