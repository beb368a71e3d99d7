#include "train/recipe/recipe.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "ops/device.h"
#include "train/recipe/recipe_checks.h"
#include "train/recipe/recipe_overrides.h"

namespace ganymede::ops {

template <class Visitor>
void fields(AdamSettings& adam, Visitor& visit) {
  visit("learning_rate", adam.learning_rate);
  visit("beta1", adam.beta1);
  visit("beta2", adam.beta2);
  visit("epsilon", adam.epsilon);
}

}  // namespace ganymede::ops

namespace ganymede::data {

template <class Visitor>
void fields(PixelRange& range, Visitor& visit) {
  visit("low", range.low);
  visit("high", range.high);
}

}  // namespace ganymede::data

namespace ganymede::train {

// Found by argument-dependent lookup, which does not look into unnamed namespaces.

net::Words<ModelKind> words(ModelKind) {
  static constexpr std::array<std::pair<std::string_view, ModelKind>, 2> table = {
      {{"gan", ModelKind::gan}, {"vae", ModelKind::vae}}};
  return table;
}

net::Words<Distribution> words(Distribution) {
  static constexpr std::array<std::pair<std::string_view, Distribution>, 2> table = {
      {{"normal", Distribution::normal}, {"uniform", Distribution::uniform}}};
  return table;
}

net::Words<Precision> words(Precision) {
  static constexpr std::array<std::pair<std::string_view, Precision>, 3> table = {
      {{"auto", Precision::automatic}, {"f32", Precision::f32}, {"bf16", Precision::bf16}}};
  return table;
}

net::Words<DiscriminatorBatch> words(DiscriminatorBatch) {
  static constexpr std::array<std::pair<std::string_view, DiscriminatorBatch>, 2> table = {
      {{"full", DiscriminatorBatch::full}, {"half", DiscriminatorBatch::half}}};
  return table;
}

net::Words<FakeMode> words(FakeMode) {
  static constexpr std::array<std::pair<std::string_view, FakeMode>, 3> table = {
      {{"training", FakeMode::training}, {"inference", FakeMode::inference}, {"shared", FakeMode::shared}}};
  return table;
}

template <class Visitor>
void fields(LatentSettings& latent, Visitor& visit) {
  visit("size", latent.size);
  visit("distribution", latent.distribution);
  visit("temperature", latent.temperature);
}

/// The part of some settings that a model without a discriminator has too.
template <class Settings>
struct Common {
  Settings& settings;
};

template <class Visitor>
void fields(Common<TrainingSettings>& common, Visitor& visit) {
  TrainingSettings& training = common.settings;
  visit("batch_size", training.batch_size);
  visit("epochs", training.epochs);
  visit("seed", training.seed);
  visit("precision", training.precision);
  visit("threads", training.threads);
  visit("parts", training.parts);
}

template <class Visitor>
void fields(TrainingSettings& training, Visitor& visit) {
  Common<TrainingSettings> common{training};
  fields(common, visit);
  visit("discriminator_batch", training.discriminator_batch);
  visit("discriminator_steps", training.discriminator_steps);
  visit("fakes", training.fakes);
}

template <class Visitor>
void fields(Common<ScheduleSettings>& common, Visitor& visit) {
  ScheduleSettings& schedule = common.settings;
  visit("images", schedule.images);
  visit("whole_run", schedule.whole_run);
  visit("learning_rate", schedule.learning_rate);
}

template <class Visitor>
void fields(ScheduleSettings& schedule, Visitor& visit) {
  Common<ScheduleSettings> common{schedule};
  fields(common, visit);
  visit("penalty", schedule.penalty);
  visit("noise", schedule.noise);
}

template <class Visitor>
void fields(OutputSettings& output, Visitor& visit) {
  visit("samples_every_epochs", output.samples_every_epochs);
  visit("checkpoint_every_epochs", output.checkpoint_every_epochs);
  visit("generator_every_epochs", output.generator_every_epochs);
  visit("metrics_every_steps", output.metrics_every_steps);
  visit("eval_every_epochs", output.eval_every_epochs);
  visit("grid_rows", output.grid_rows);
  visit("grid_columns", output.grid_columns);
}

template <class Visitor>
void fields(NetworkSettings& network, Visitor& visit) {
  visit("initializer", network.initializer);
  visit("spectral_norm", network.spectral_norm);
  visit("weight_clip", network.weight_clip);
  visit.required("layers", network.layers);
}

template <class Visitor>
void gan_methods(Recipe& recipe, Visitor& visit) {
  visit("training", recipe.training);
  visit("objective", recipe.objective);
  visit("penalty", recipe.penalty);
  visit("augmentation", recipe.augmentation);
  visit("average", recipe.average);
  visit("schedule", recipe.schedule);
}

template <class Visitor>
void vae_methods(Recipe& recipe, Visitor& visit) {
  Common<TrainingSettings> training{recipe.training};
  Common<ScheduleSettings> schedule{recipe.schedule};
  visit("training", training);
  visit("objective", recipe.lower_bound);
  visit("average", recipe.average);
  visit("schedule", schedule);
}

template <class Visitor>
void fields(Recipe& recipe, Visitor& visit) {
  visit.required("name", recipe.name);
  visit("description", recipe.description);
  visit("model", recipe.model);
  const bool vae = recipe.model == ModelKind::vae;
  visit("data", recipe.data);
  visit("images", recipe.images);
  visit("pixel_range", recipe.pixel_range);
  visit("latent", recipe.latent);
  if (vae) {
    vae_methods(recipe, visit);
  } else {
    gan_methods(recipe, visit);
  }
  visit("generator_optimizer", recipe.generator_optimizer);
  visit(vae ? "encoder_optimizer" : "discriminator_optimizer",
        vae ? recipe.encoder_optimizer : recipe.discriminator_optimizer);
  visit("output", recipe.output);
  visit.required("generator", recipe.generator);
  visit.required(vae ? "encoder" : "discriminator", vae ? recipe.encoder : recipe.discriminator);
}

namespace {

/// Throws for a network of the other kind of model, which says more than that its key is unknown.
void refuse_other_network(const toml::table& table) {
  const bool vae = table["model"].value_or(std::string_view()) == "vae";
  const std::string other = vae ? "discriminator" : "encoder";
  if (table.contains(other)) {
    refuse_recipe(other, vae ? "one in a VAE" : "one in a GAN", vae ? "an encoder" : "a discriminator",
                  vae ? "Leave it out, or write model = \"gan\"" : "Leave it out, or write model = \"vae\"");
  }
}

}  // namespace

WeightConstraints constraints(const NetworkSettings& network) {
  return {.spectral_norm = network.spectral_norm, .weight_clip = network.weight_clip};
}

std::array<LearningNetwork, 2> learning_networks(const Recipe& recipe) {
  const LearningNetwork generator{"generator", recipe.generator, recipe.generator_optimizer};
  if (recipe.model == ModelKind::vae) {
    return {generator, {"encoder", recipe.encoder, recipe.encoder_optimizer}};
  }
  return {generator, {"discriminator", recipe.discriminator, recipe.discriminator_optimizer}};
}

Recipe parse_recipe(std::string_view toml, const std::string& where, std::span<const std::string> overrides,
                    const DataShape& data) {
  toml::table table;
  try {
    table = toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    refuse_recipe(fmt::format("{} line {}", where, error.source().begin.line),
                  fmt::format("\"{}\"", std::string_view(error.description())), "TOML",
                  "Run `ganymede recipes dense` for an example");
  }
  for (const std::string& text : overrides) {
    apply_override(table, text);
  }
  Recipe recipe;
  try {
    refuse_other_network(table);
    fit_to_data(table, data);
    net::TomlReader::fill(recipe, table, "");
    check_values(recipe);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), {.where = where + ": " + error.what()});
  }
  return recipe;
}

std::string to_toml(const Recipe& recipe) {
  return net::TomlWriter::write(recipe);
}

base::DType resolve(Precision precision) {
  if (precision == Precision::automatic) {
    precision = ops::capabilities().native_bf16 ? Precision::bf16 : Precision::f32;
  }
  if (precision == Precision::bf16 && !ops::capabilities().bf16) {
    throw base::Error(
        base::ErrorKind::configuration,
        {.where = "precision",
         .found = "bf16",
         .expected = "auto or f32, as there are kernels for bf16 only where the processor has AVX-512",
         .advice = "Leave the precision out, or give f32"});
  }
  return precision == Precision::bf16 ? base::DType::bf16 : base::DType::f32;
}

std::string precision_name(const Recipe& recipe) {
  return resolve(recipe.training.precision) == base::DType::bf16 ? "bf16" : "f32";
}

}  // namespace ganymede::train
