#include "train/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "data/batch.h"
#include "ops/elementwise/softmax.h"

namespace ganymede::data {

template <class Visitor>
void fields(Augmentation& augmentation, Visitor& visit) {
  visit("shift", augmentation.shift);
  visit("rotation", augmentation.rotation);
  visit("scaling", augmentation.scaling);
  visit("mirror", augmentation.mirror);
}

}  // namespace ganymede::data

namespace ganymede::train {

template <class Visitor>
void fields(ClassifierRecipe& recipe, Visitor& visit) {
  visit.required("data", recipe.data);
  visit("images", recipe.images);
  visit.required("epochs", recipe.epochs);
  visit.required("batch_size", recipe.batch_size);
  visit.required("learning_rate", recipe.learning_rate);
  visit.required("seed", recipe.seed);
  visit.required("precision", recipe.precision);
  visit.required("threads", recipe.threads);
  visit.required("layers", recipe.layers);
  visit.required("augmentation", recipe.augmentation);
}

namespace {

net::NetSpec checked_spec(const ClassifierRecipe& recipe, const data::Dataset& dataset) {
  net::NetSpec spec = classifier_spec(recipe, dataset.image_shape());
  if (const base::Shape made = net::output_shape(spec); made != base::Shape{dataset.classes()}) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = spec.name,
                       .found = "an output of shape " + made.to_string(),
                       .expected = fmt::format("a logit for each of the {} classes", dataset.classes()),
                       .advice = "Correct its last layer"});
  }
  return spec;
}

std::int64_t steps_an_epoch(const ClassifierRecipe& recipe, const data::Dataset& dataset) {
  const auto images = static_cast<std::int64_t>(dataset.train.count());
  if (images < recipe.batch_size) {
    throw base::Error(base::ErrorKind::data,
                      {.where = dataset.name,
                       .found = fmt::format("{} training images", images),
                       .expected = fmt::format("at least a batch of {}", recipe.batch_size)});
  }
  return images / recipe.batch_size;
}

double share_right(std::span<const float> logits, std::span<const std::int32_t> labels) {
  const std::size_t classes = logits.size() / labels.size();
  double right = 0.0;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const std::span row = logits.subspan(n * classes, classes);
    right += std::ranges::max_element(row) - row.begin() == labels[n] ? 1.0 : 0.0;
  }
  return right / static_cast<double>(labels.size());
}

constexpr net::BatchNorm normalised{.momentum = 0.9F};
constexpr net::Activation activation{ops::Function::leaky_relu, 0.1F};

using Layers = std::vector<net::LayerSpec>;

void append(Layers& layers, const Layers& more) {
  layers.insert(layers.end(), more.begin(), more.end());
}

Layers convolution(std::int64_t channels, std::int64_t kernel, std::int64_t stride) {
  return {net::Convolution{
              .channels = channels, .kernel = kernel, .stride = stride, .padding = {}, .bias = false},
          normalised, activation};
}

/// From images to features to logits.
Layers head(std::int64_t features, std::int64_t classes) {
  return {net::Flatten{}, net::Dropout{0.25F}, net::Dense{.units = features, .bias = false},
          normalised,     activation,          net::Dense{.units = classes}};
}

/// How classifiers of a data set are trained, without layers.
ClassifierRecipe untrained(const std::string& data) {
  const bool clothes = data == "fashion-mnist";
  return {
      .data = data,
      .augmentation = {.shift = 2.0F, .rotation = clothes ? 0.0F : 10.0F, .scaling = 0.1F, .mirror = clothes},
      .layers = {}};
}

}  // namespace

ClassifierRecipe classifier_recipe(const std::string& data, std::int64_t classes) {
  ClassifierRecipe recipe = untrained(data);
  for (const auto& [channels, stride] : {std::pair{32, 1}, {48, 2}, {48, 1}, {96, 2}, {96, 2}}) {
    append(recipe.layers, convolution(channels, 3, stride));
  }
  append(recipe.layers, head(128, classes));
  return recipe;
}

ClassifierRecipe independent_classifier_recipe(const std::string& data, std::int64_t classes) {
  ClassifierRecipe recipe = untrained(data);
  recipe.seed = 7;
  append(recipe.layers, convolution(24, 5, 1));
  recipe.layers.emplace_back(net::AveragePool{});
  append(recipe.layers, convolution(64, 5, 1));
  recipe.layers.emplace_back(net::AveragePool{});
  append(recipe.layers, convolution(96, 3, 1));
  append(recipe.layers, head(96, classes));
  return recipe;
}

std::string to_toml(const ClassifierRecipe& recipe) {
  return net::TomlWriter::write(recipe);
}

ClassifierRecipe parse_classifier_recipe(std::string_view toml, const std::string& where) {
  ClassifierRecipe recipe;
  try {
    net::TomlReader::fill(recipe, toml::parse(toml, where), where);
  } catch (const toml::parse_error& error) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = where,
                       .found = fmt::format("\"{}\"", std::string_view(error.description())),
                       .expected = "TOML"});
  }
  return recipe;
}

net::NetSpec classifier_spec(const ClassifierRecipe& recipe, const base::Shape& image) {
  return {"classifier", image, net::Initializer::glorot_uniform, recipe.layers};
}

ClassifierTrainer::ClassifierTrainer(const ClassifierRecipe& recipe, const data::Dataset& dataset,
                                     const ops::Device& device)
    : recipe_(recipe),
      dataset_(dataset),
      network_(checked_spec(recipe, dataset), {.learning_rate = recipe.learning_rate}),
      program_(network_.spec(),
               {.batch = recipe.batch_size,
                .precision = resolve(recipe.precision),
                .training = true,
                .updates_states = true,
                .weight_gradients = true},
               network_.weights(), device),
      sampler_(static_cast<std::uint64_t>(recipe.seed), static_cast<std::uint32_t>(dataset.train.count())),
      steps_an_epoch_(steps_an_epoch(recipe, dataset)),
      indices_(static_cast<std::size_t>(recipe.batch_size)),
      labels_(indices_.size()) {
  network_.weights().initialise(static_cast<std::uint64_t>(recipe.seed), 0);
}

ClassifierTrainer::Epoch ClassifierTrainer::train_epoch() {
  Epoch mean;
  for (std::int64_t n = 0; n < steps_an_epoch_; ++n) {
    const Epoch one = step();
    mean.loss += one.loss / static_cast<double>(steps_an_epoch_);
    mean.accuracy += one.accuracy / static_cast<double>(steps_an_epoch_);
  }
  return mean;
}

ClassifierTrainer::Epoch ClassifierTrainer::step() {
  const auto seed = static_cast<std::uint64_t>(recipe_.seed);
  const auto step = static_cast<std::uint64_t>(step_);
  sampler_.indices(step * indices_.size(), indices_);
  data::gather_augmented(dataset_, indices_, recipe_.augmentation,
                         {.seed = seed, .purpose = base::Purpose::augmentation, .stream = 0, .step = step},
                         program_.input());
  data::gather_labels(dataset_.train, indices_, labels_);

  const net::PassContext context{.seed = seed, .step = step};
  program_.forward(context);
  const double accuracy = share_right(program_.output(), labels_);
  const float loss = ops::softmax_cross_entropy(program_.output(), labels_, program_.output_gradient());
  if (!std::isfinite(loss)) {
    throw base::Error(base::ErrorKind::diverged, {.where = fmt::format("classifier, step {}", step_ + 1),
                                                  .found = fmt::format("a loss of {}", loss),
                                                  .expected = "a finite number",
                                                  .advice = "Lower the learning rate"});
  }
  program_.backward();

  const double progress = static_cast<double>(step_) / static_cast<double>(steps_an_epoch_ * recipe_.epochs);
  network_.update(++step_, 0.5 * (1.0 + std::cos(std::numbers::pi * progress)));
  return {static_cast<double>(loss), accuracy};
}

}  // namespace ganymede::train
