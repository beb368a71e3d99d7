#include "session/snapshots.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "artifacts/tensor_file.h"
#include "data/data_source.h"
#include "draw/sheet.h"
#include "io/pictures/png.h"

namespace ganymede::session {

namespace {

/// Few, since their activations are in memory beside those of the training step.
constexpr std::int64_t images_at_once = 32;

std::int64_t grid_size(const train::Recipe& recipe) {
  return recipe.output.grid_rows * recipe.output.grid_columns;
}

}  // namespace

Snapshots::Snapshots(const train::Recipe& recipe, const data::Dataset& dataset, train::Trainer& trainer,
                     const ops::Device& device)
    : recipe_(recipe),
      dataset_(dataset),
      dataset_digest_(data::digest(dataset)),
      trainer_(trainer),
      device_(device),
      latents_(
          train::sample_latents(recipe, static_cast<std::uint64_t>(recipe.training.seed), grid_size(recipe))),
      labels_(train::sample_labels(grid_size(recipe), recipe.output.grid_columns, dataset.classes())),
      maker_(trainer.model().networks().generator().spec(), trainer.model().networks().sampling_weights(),
             device, base::DType::f32, std::min(images_at_once, grid_size(recipe))) {}

void Snapshots::write_sample(const runs::RunDirectory& run, std::int64_t epoch) {
  const draw::Images images = draw::make_images(maker_, latents_, labels_);
  io::write_png(run.sample(epoch),
                draw::make_sheet(images, recipe_.pixel_range, recipe_.output.grid_columns));
}

void Snapshots::write_checkpoint(const runs::RunDirectory& run, std::int64_t last_good_step) {
  const std::filesystem::path path = run.checkpoint(trainer_.position().step);
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    return;
  }
  artifacts::require_finite(trainer_.tensors());  // before the last good generator is replaced
  write_current_generator(run.generator());
  artifacts::write_checkpoint(path, checkpoint_info(), trainer_);
  run.remove_old_checkpoints(last_good_step);
}

void Snapshots::keep_best(const runs::RunDirectory& run, double score) {
  artifacts::CheckpointInfo info = checkpoint_info();
  info.score = score;
  artifacts::write_checkpoint(run.best_checkpoint(), info, trainer_);
  write_current_generator(run.best_generator());
}

void Snapshots::keep_for_undo(const runs::RunDirectory& run) {
  const std::int64_t step = trainer_.position().step;
  if (std::error_code ignored; !std::filesystem::exists(run.undo_checkpoint(step), ignored)) {
    artifacts::write_checkpoint(run.undo_checkpoint(step), checkpoint_info(), trainer_);
  }
  run.remove_old_undo_checkpoints();
}

void Snapshots::make_again(const runs::RunDirectory& run, const artifacts::Checkpoint& checkpoint) {
  write_generator_of(checkpoint, run.generator());
  if (const auto best = artifacts::open_best(run)) {
    write_generator_of(*best, run.best_generator());
  }
  const train::Position& position = trainer_.position();
  const std::int64_t epoch = position.step == 0 ? 0 : position.epoch();
  const bool last = position.step == position.total_steps;
  const bool due = last || (position.at_epoch_end() && epoch % recipe_.output.samples_every_epochs == 0);
  if (std::error_code ignored; due && !std::filesystem::exists(run.sample(epoch), ignored)) {
    write_sample(run, epoch);
  }
}

scores::ImageSet Snapshots::draw_images(std::int64_t count, std::uint64_t seed) {
  train::NetworkPair& networks = trainer_.model().networks();
  return scores::make_image_set(networks.generator().spec(), networks.sampling_weights(), recipe_,
                                dataset_.train, count, seed, device_);
}

scores::ImageSet Snapshots::draw_few_images(std::int64_t count, std::uint64_t seed) {
  return scores::make_image_set(maker_, recipe_, dataset_.train, count, seed);
}

void Snapshots::keep_generator(const runs::RunDirectory& run, std::int64_t epoch) {
  write_current_generator(run.generator_of_epoch(epoch));
}

void Snapshots::write_current_generator(const std::filesystem::path& path) {
  artifacts::write_generator(path, info_of(recipe_, trainer_.position().step),
                             trainer_.model().networks().sampling_weights());
}

void Snapshots::write_generator_of(const artifacts::Checkpoint& checkpoint,
                                   const std::filesystem::path& path) const {
  const artifacts::CheckpointInfo& info = checkpoint.info();
  net::Weights weights = checkpoint.sampling_weights();
  artifacts::write_generator(path, info_of(info.recipe, info.step), weights);
}

artifacts::CheckpointInfo Snapshots::checkpoint_info() const {
  const train::Position& position = trainer_.position();
  return {.step = position.step,
          .total_steps = position.total_steps,
          .recipe = recipe_,
          .dataset = dataset_.name,
          .dataset_digest = dataset_digest_};
}

artifacts::GeneratorInfo Snapshots::info_of(const train::Recipe& recipe, std::int64_t step) const {
  train::Position position = trainer_.position();
  position.step = step;
  return {.recipe = recipe,
          .step = step,
          .epoch = step == 0 ? 0 : position.epoch(),
          .dataset = dataset_.name,
          .class_names = dataset_.class_names};
}

}  // namespace ganymede::session
