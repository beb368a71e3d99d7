#include "train/recipe.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/error.h"
#include "ops/device.h"

namespace ganymede::ops {

template <class Visitor>
void fields(AdamSettings& adam, Visitor& visit) {
  visit("learning_rate", adam.learning_rate);
  visit("beta1", adam.beta1);
  visit("beta2", adam.beta2);
  visit("epsilon", adam.epsilon);
}

}  // namespace ganymede::ops

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
  static constexpr std::array<std::pair<std::string_view, FakeMode>, 2> table = {
      {{"training", FakeMode::training}, {"inference", FakeMode::inference}}};
  return table;
}

template <class Visitor>
void fields(PixelRange& range, Visitor& visit) {
  visit("low", range.low);
  visit("high", range.high);
}

template <class Visitor>
void fields(LatentSettings& latent, Visitor& visit) {
  visit("size", latent.size);
  visit("distribution", latent.distribution);
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

constexpr std::int64_t largest_count = 1'000'000'000;

[[noreturn]] void refuse(const base::ErrorText& text) {
  throw base::Error(base::ErrorKind::configuration, text);
}

template <class Number>
void check_range(const std::string& key, Number value, Number lowest, Number highest) {
  if (!(value >= lowest && value <= highest)) {
    refuse({.where = key,
            .found = fmt::format("{}", value),
            .expected = fmt::format("a number from {} to {}", lowest, highest),
            .advice = "Correct the recipe or the flag that sets it"});
  }
}

void check_optimizer(const std::string& key, const ops::AdamSettings& adam) {
  check_range(key + ".learning_rate", adam.learning_rate, 0.0, 1e38);
  check_range(key + ".beta1", adam.beta1, 0.0, 0.999999);
  check_range(key + ".beta2", adam.beta2, 0.0, 0.999999);
  check_range(key + ".epsilon", adam.epsilon, 0.0, 1.0);
}

void check_methods(const Recipe& recipe) {
  constexpr double most = 1e6;
  check_range("objective.label_flip", recipe.objective.label_flip, 0.0, 1.0);
  check_range("objective.kl_weight", recipe.lower_bound.kl_weight, 0.0, most);
  check_range("penalty.r1", recipe.penalty.r1, 0.0, most);
  check_range("penalty.r2", recipe.penalty.r2, 0.0, most);
  check_range("penalty.gradient_penalty", recipe.penalty.gradient_penalty, 0.0, most);
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
    refuse({.where = "schedule.images",
            .found = fmt::format("{} together with whole_run", recipe.schedule.images),
            .expected = "one of the two",
            .advice = "Leave one out, or give --set schedule.images=0"});
  }
  if (compares_pairs(recipe.objective.loss) &&
      recipe.training.discriminator_batch != DiscriminatorBatch::full) {
    refuse({.where = "training.discriminator_batch",
            .found = "half with a loss that compares pairs",
            .expected = "full: as many real images as the generator makes",
            .advice = "Write discriminator_batch = \"full\""});
  }
}

void check_values(const Recipe& recipe) {
  const TrainingSettings& training = recipe.training;
  const bool half = training.discriminator_batch == DiscriminatorBatch::half;
  check_range<std::int64_t>("latent.size", recipe.latent.size, 1, 65536);
  check_range<std::int64_t>("training.batch_size", training.batch_size, half ? 2 : 1, 65536);
  check_range<std::int64_t>("training.discriminator_steps", training.discriminator_steps, 1, 100);
  check_range<std::int64_t>("training.epochs", training.epochs, 1, largest_count);
  check_range<std::int64_t>("training.seed", training.seed, 0, std::numeric_limits<std::int64_t>::max());
  check_range<std::int64_t>("training.threads", training.threads, 0, 1024);
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
  check_range("pixel_range.high", recipe.pixel_range.high, recipe.pixel_range.low, 1000.0F);
  check_methods(recipe);
}

/// Throws for a network of the other kind of model, which says more than that its key is unknown.
void refuse_other_network(const toml::table& table) {
  const bool vae = table["model"].value_or(std::string_view()) == "vae";
  const std::string other = vae ? "discriminator" : "encoder";
  if (table.contains(other)) {
    refuse({.where = other,
            .found = vae ? "one in a VAE" : "one in a GAN",
            .expected = vae ? "an encoder" : "a discriminator",
            .advice =
                vae ? "Leave it out, or write model = \"gan\"" : "Leave it out, or write model = \"vae\""});
  }
}

/// Sets "a.b = value" in `table`, making the tables on the way.
void apply_override(toml::table& table, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    refuse({.where = "--set " + text,
            .found = "no key and value",
            .expected = "key=value",
            .advice = "Write for example --set training.batch_size=64"});
  }
  toml::table parsed;
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  try {
    parsed = toml::parse(key + " = " + value);
  } catch (const toml::parse_error&) {
    try {
      parsed = toml::parse(key + " = " + net::written(value));
    } catch (const toml::parse_error& error) {
      refuse({.where = "--set " + text, .found = std::string(error.description()), .expected = "key=value"});
    }
  }
  toml::table* into = &table;
  toml::table* from = &parsed;
  while (true) {
    const auto entry = from->begin();
    toml::table* inner = entry->second.as_table();
    toml::node* existing = into->get(entry->first);
    if (inner == nullptr || existing == nullptr || !existing->is_table()) {
      into->insert_or_assign(entry->first, std::move(entry->second));
      return;
    }
    into = existing->as_table();
    from = inner;
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

Recipe parse_recipe(std::string_view toml, const std::string& where, std::span<const std::string> overrides) {
  toml::table table;
  try {
    table = toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    refuse({.where = fmt::format("{} line {}", where, error.source().begin.line),
            .found = fmt::format("\"{}\"", std::string_view(error.description())),
            .expected = "TOML",
            .advice = "Run `ganymede recipes dense` for an example"});
  }
  for (const std::string& text : overrides) {
    apply_override(table, text);
  }
  Recipe recipe;
  try {
    refuse_other_network(table);
    net::TomlReader reader(table, "");
    fields(recipe, reader);
    reader.finish();
    check_values(recipe);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), {.where = where + ": " + error.what()});
  }
  return recipe;
}

std::string to_toml(const Recipe& recipe) {
  Recipe copy = recipe;
  net::TomlWriter writer;
  fields(copy, writer);
  return writer.text();
}

net::NetSpec generator_spec(const Recipe& recipe) {
  return {"generator", {recipe.latent.size}, recipe.generator.initializer, recipe.generator.layers};
}

net::NetSpec discriminator_spec(const Recipe& recipe, const base::Shape& image) {
  return {"discriminator", image, recipe.discriminator.initializer, recipe.discriminator.layers};
}

net::NetSpec encoder_spec(const Recipe& recipe, const base::Shape& image) {
  return {"encoder", image, recipe.encoder.initializer, recipe.encoder.layers};
}

net::NetSpec partner_spec(const Recipe& recipe, const base::Shape& image) {
  return recipe.model == ModelKind::vae ? encoder_spec(recipe, image) : discriminator_spec(recipe, image);
}

namespace {

/// `expected` says in words what the output of `network` must be.
void require_output(const net::NetSpec& network, const base::Shape& shape, const std::string& expected,
                    const std::string& advice) {
  if (const base::Shape made = net::output_shape(network); made != shape) {
    refuse({.where = network.name,
            .found = "an output of shape " + made.to_string(),
            .expected = expected,
            .advice = advice});
  }
}

void check_gan(const net::NetSpec& generator, const net::NetSpec& discriminator, std::int64_t classes) {
  require_output(discriminator, {1}, "one logit, [1]", "End it with { kind = \"dense\", units = 1 }");
  for (const net::NetSpec* network : {&generator, &discriminator}) {
    const std::int64_t joined = net::label_classes(*network);
    if (joined != 0 && joined != classes) {
      refuse({.where = network->name,
              .found = fmt::format("a label of {} classes", joined),
              .expected = fmt::format("{}, as the data has", classes),
              .advice = fmt::format("Write classes = {} where the network takes the label", classes)});
    }
  }
}

/// What the lower bound takes for granted.
void check_vae(const Recipe& recipe, const net::NetSpec& generator, const net::NetSpec& encoder) {
  const std::int64_t numbers = 2 * recipe.latent.size;
  require_output(encoder, {numbers},
                 fmt::format("a mean and a log variance for each latent number, [{}]", numbers),
                 fmt::format("End it with {{ kind = \"dense\", units = {} }}", numbers));
  const std::string last =
      generator.layers.empty() ? "none" : std::string(net::kind_name(generator.layers.back()));
  if (last != "sigmoid") {
    refuse({.where = "generator",
            .found = "the last layer " + last,
            .expected = "sigmoid, which makes a pixel of its logit",
            .advice = "End it with { kind = \"sigmoid\" }"});
  }
  if (recipe.pixel_range.low != 0.0F || recipe.pixel_range.high != 1.0F) {
    refuse({.where = "pixel_range",
            .found = fmt::format("{} to {}", recipe.pixel_range.low, recipe.pixel_range.high),
            .expected = "0 to 1, as probabilities are",
            .advice = "Write pixel_range = { low = 0.0, high = 1.0 }"});
  }
  if (recipe.latent.distribution != Distribution::normal) {
    refuse({.where = "latent.distribution",
            .found = "uniform",
            .expected = "normal, from which a VAE's divergence is taken",
            .advice = "Write distribution = \"normal\""});
  }
  for (const net::NetSpec* network : {&generator, &encoder}) {
    if (net::label_classes(*network) != 0) {
      refuse({.where = network->name,
              .found = "a layer that takes a label",
              .expected = "none in a VAE",
              .advice = "Leave it out, or train a GAN"});
    }
  }
}

}  // namespace

void check_networks(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  const net::NetSpec generator = generator_spec(recipe);
  require_output(generator, image, "the shape of the data's images, " + image.to_string(),
                 "Correct its last layers");
  const net::NetSpec partner = partner_spec(recipe, image);
  if (recipe.model == ModelKind::vae) {
    check_vae(recipe, generator, partner);
  } else {
    check_gan(generator, partner, classes);
  }
}

base::DType resolve(Precision precision) {
  if (precision == Precision::automatic) {
    precision = ops::capabilities().native_bf16 ? Precision::bf16 : Precision::f32;
  }
  return precision == Precision::bf16 ? base::DType::bf16 : base::DType::f32;
}

}  // namespace ganymede::train
