#include "train/recipe/recipe_checks.h"

#include <fmt/format.h>

#include <limits>
#include <string>

namespace ganymede::train {

namespace {

constexpr std::int64_t largest_count = 1'000'000'000;

template <class Number>
void check_range(const std::string& key, Number value, Number lowest, Number highest) {
  if (!(value >= lowest && value <= highest)) {
    refuse_recipe(key, fmt::format("{}", value), fmt::format("a number from {} to {}", lowest, highest),
                  "Correct the recipe or the flag that sets it");
  }
}

void check_optimizer(const std::string& key, const ops::AdamSettings& adam) {
  check_range(key + ".learning_rate", adam.learning_rate, 0.0, 1e38);
  check_range(key + ".beta1", adam.beta1, 0.0, 0.999999);
  check_range(key + ".beta2", adam.beta2, 0.0, 0.999999);
  check_range(key + ".epsilon", adam.epsilon, 0.0, 1.0);
}

[[noreturn]] void refuse_half_batch(const std::string& found) {
  refuse_recipe("training.discriminator_batch", found, "full: as many real images as the generator makes",
                "Write discriminator_batch = \"full\"");
}

void check_methods(const Recipe& recipe) {
  constexpr double most = 1e6;
  check_range("objective.label_flip", recipe.objective.label_flip, 0.0, 1.0);
  check_range("objective.kl_weight", recipe.lower_bound.kl_weight, 0.0, most);
  check_range("penalty.r1", recipe.penalty.r1, 0.0, most);
  check_range("penalty.r2", recipe.penalty.r2, 0.0, most);
  check_range("penalty.gradient_penalty", recipe.penalty.gradient_penalty, 0.0, most);
  check_range<std::int64_t>("penalty.every", recipe.penalty.every, 1, largest_count);
  check_range("augmentation.translation", recipe.augmentation.translation, 0.0, 1.0);
  check_range("augmentation.cutout", recipe.augmentation.cutout, 0.0, 1.0);
  check_range("augmentation.noise", recipe.augmentation.noise, 0.0, most);
  check_range<std::int64_t>("average.half_life_images", recipe.average.half_life_images, 0, largest_count);
  check_range("average.ramp_up", recipe.average.ramp_up, 0.0, 1.0);
  check_range<std::int64_t>("schedule.images", recipe.schedule.images, 0, largest_count);
  check_range("schedule.learning_rate", recipe.schedule.learning_rate, 0.0, most);
  check_range("schedule.penalty", recipe.schedule.penalty, 0.0, most);
  check_range("schedule.noise", recipe.schedule.noise, 0.0, most);
  for (const auto& [name, settings, optimizer] : learning_networks(recipe)) {
    check_range(name + ".weight_clip", settings.weight_clip, 0.0, most);
    check_optimizer(name + "_optimizer", optimizer);
  }
  if (recipe.schedule.whole_run && recipe.schedule.images != 0) {
    refuse_recipe("schedule.images", fmt::format("{} together with whole_run", recipe.schedule.images),
                  "one of the two", "Leave one out, or give --set schedule.images=0");
  }
  if (recipe.training.discriminator_batch != DiscriminatorBatch::full) {
    if (compares_pairs(recipe.objective.loss)) {
      refuse_half_batch("half with a loss that compares pairs");
    }
    if (recipe.training.fakes == FakeMode::shared) {
      refuse_half_batch("half with generated images that both updates share");
    }
  }
}

}  // namespace

namespace {

/// The samples of the smallest batch of a step, which the others are multiples of.
std::int64_t smallest_batch(const Recipe& recipe) {
  return recipe.model == ModelKind::vae ? recipe.training.batch_size : recipe.half_batch();
}

bool is_divisible(const Recipe& recipe, std::int64_t parts) {
  return smallest_batch(recipe) % parts == 0 && recipe.training.batch_size % parts == 0;
}

}  // namespace

void require_divisible(const Recipe& recipe, std::int64_t parts) {
  if (!is_divisible(recipe, parts)) {
    const std::int64_t batch = recipe.training.batch_size;
    const std::int64_t unit = batch / smallest_batch(recipe) * parts;
    refuse_recipe("training.parts", fmt::format("{} parts of a batch of {}", parts, batch),
                  fmt::format("batches that are a multiple of {}", unit),
                  fmt::format("Give --batch-size {}, or other --parts", (batch + unit - 1) / unit * unit));
  }
}

std::int64_t divisible_parts(const Recipe& recipe, std::int64_t at_least) {
  std::int64_t parts = at_least;
  while (parts <= smallest_batch(recipe) && !is_divisible(recipe, parts)) {
    ++parts;
  }
  require_divisible(recipe, parts <= smallest_batch(recipe) ? parts : at_least);
  return parts;
}

void check_values(const Recipe& recipe) {
  const TrainingSettings& training = recipe.training;
  const bool half = training.discriminator_batch == DiscriminatorBatch::half;
  check_range<std::int64_t>("images.size", recipe.images.size, 0, data::max_side);
  check_range<std::int64_t>("images.split_seed", recipe.images.split_seed, 0,
                            std::numeric_limits<std::int64_t>::max());
  check_range<std::int64_t>("images.held_out", recipe.images.held_out, 0, largest_count);
  check_range<std::int64_t>("latent.size", recipe.latent.size, 1, 65536);
  check_range("latent.temperature", recipe.latent.temperature, 0.0, highest_temperature);
  check_range<std::int64_t>("training.batch_size", training.batch_size, half ? 2 : 1, 65536);
  check_range<std::int64_t>("training.discriminator_steps", training.discriminator_steps, 1, 100);
  check_range<std::int64_t>("training.epochs", training.epochs, 1, largest_count);
  check_range<std::int64_t>("training.seed", training.seed, 0, std::numeric_limits<std::int64_t>::max());
  check_range<std::int64_t>("training.threads", training.threads, 0, 1024);
  check_range<std::int64_t>("training.parts", training.parts, 1, 65536);
  require_divisible(recipe, training.parts);
  check_range<std::int64_t>("output.samples_every_epochs", recipe.output.samples_every_epochs, 1,
                            largest_count);
  check_range<std::int64_t>("output.checkpoint_every_epochs", recipe.output.checkpoint_every_epochs, 1,
                            largest_count);
  check_range<std::int64_t>("output.generator_every_epochs", recipe.output.generator_every_epochs, 0,
                            largest_count);
  check_range<std::int64_t>("output.eval_every_epochs", recipe.output.eval_every_epochs, 0, largest_count);
  check_range<std::int64_t>("output.metrics_every_steps", recipe.output.metrics_every_steps, 1,
                            largest_count);
  check_range<std::int64_t>("output.grid_rows", recipe.output.grid_rows, 1, 100);
  check_range<std::int64_t>("output.grid_columns", recipe.output.grid_columns, 1, 100);
  check_range("objective.real_label", recipe.objective.real_label, -1.0, 1.0);
  check_range("objective.fake_label", recipe.objective.fake_label, -1.0, 1.0);
  check_range("objective.generator_label", recipe.objective.generator_label, -1.0, 1.0);
  check_range("pixel_range.low", recipe.pixel_range.low, -1000.0F, 1000.0F);
  check_range("pixel_range.high", recipe.pixel_range.high, -1000.0F, 1000.0F);
  if (recipe.pixel_range.high <= recipe.pixel_range.low) {
    refuse_recipe("pixel_range.high", fmt::format("{}", recipe.pixel_range.high),
                  fmt::format("a number above pixel_range.low, which is {}", recipe.pixel_range.low),
                  "Correct the recipe or the flag that sets it");
  }
  check_methods(recipe);
}

}  // namespace ganymede::train
