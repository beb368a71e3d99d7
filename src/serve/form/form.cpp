#include "serve/form/form.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/number.h"
#include "data/dataset.h"

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr double highest_rate = 1.0;

constexpr std::array form = {
    FormField{.key = "data",
              .title = "Data",
              .hint = "What the generator learns to draw: a data set by its name, or the path of your own "
                      "pictures on this machine.",
              .kind = FormField::Kind::data},
    FormField{.key = "objective.loss",
              .title = "Loss",
              .hint = "What the discriminator's answers cost both networks. bce_with_logits is that of the "
                      "first GAN; wasserstein needs a gradient penalty or clipped weights, which the recipe "
                      "wgan-gp has.",
              .kind = FormField::Kind::word},
    FormField{.key = "generator_optimizer.learning_rate",
              .title = "Generator's learning rate",
              .hint = "How far a step moves the generator's weights. Too high, and the losses jump or grow; "
                      "too low, and the discriminator gets far ahead.",
              .kind = FormField::Kind::number,
              .high = highest_rate,
              .while_training = true},
    FormField{.key = "discriminator_optimizer.learning_rate",
              .title = "Discriminator's learning rate",
              .hint = "The same of the discriminator. Lower it if the discriminator wins, raise it if the "
                      "generator does.",
              .kind = FormField::Kind::number,
              .high = highest_rate,
              .while_training = true},
    FormField{.key = "encoder_optimizer.learning_rate",
              .title = "Encoder's learning rate",
              .hint = "How far a step moves the encoder's weights.",
              .kind = FormField::Kind::number,
              .high = highest_rate,
              .while_training = true},
    FormField{.key = "training.batch_size",
              .title = "Batch",
              .hint = "The number of images in a step. A larger batch gives steadier gradients, and fewer "
                      "steps in an epoch.",
              .kind = FormField::Kind::whole,
              .low = 1,
              .high = 65536},
    FormField{.key = "training.epochs",
              .title = "Epochs",
              .hint = "How often the networks see all images. The time grows in proportion.",
              .kind = FormField::Kind::whole,
              .low = 1,
              .high = 1e9},
    FormField{.key = "training.discriminator_steps",
              .title = "Discriminator's updates",
              .hint = "The discriminator's updates for one of the generator. More help a discriminator that "
                      "loses, and make a step take longer.",
              .kind = FormField::Kind::whole,
              .low = 1,
              .high = 100,
              .while_training = true},
    FormField{.key = "objective.real_label",
              .title = "Real label",
              .hint = "What the discriminator is to answer for real images. 0.9 in place of 1 keeps it from "
                      "being too sure (label smoothing). The losses wasserstein, hinge and relativistic have "
                      "no labels.",
              .kind = FormField::Kind::number,
              .high = 1.0,
              .while_training = true},
};

constexpr std::array<std::string_view, 4> kind_names = {"number", "whole", "word", "data"};

Json words_of(const FormField& field) {
  Json words = Json::array();
  if (field.kind == FormField::Kind::data) {
    for (const std::string& name : data::dataset_names()) {
      words.push_back(name);
    }
  } else if (field.kind == FormField::Kind::word) {
    for (const auto& [word, loss] : train::words(train::Loss())) {
      words.push_back(word);
    }
  }
  return words;
}

Json value_of(const toml::table& table, std::string_view key) {
  const auto node = table.at_path(key);
  if (const auto* whole = node.as_integer()) {
    return whole->get();
  }
  if (const auto* number = node.as_floating_point()) {
    return number->get();
  }
  if (const auto* word = node.as_string()) {
    return word->get();
  }
  return nullptr;
}

[[noreturn]] void refuse_change(const std::string& where, const std::string& found,
                                const std::string& expected) {
  throw base::Error(base::ErrorKind::usage, {.where = where, .found = found, .expected = expected});
}

void require_field(const std::string& setting) {
  const std::string key = setting.substr(0, setting.find('='));
  const auto* const field =
      std::ranges::find_if(form, [&](const FormField& one) { return one.key == key && one.while_training; });
  if (field == form.end()) {
    refuse_change(key, "a setting that is fixed while a run trains",
                  "learning rates, training.discriminator_steps or objective.real_label");
  }
  const std::string text = setting.size() > key.size() ? setting.substr(key.size() + 1) : "";
  const auto value = base::to_number<double>(text);
  if (!value || !(*value >= field->low && *value <= field->high)) {
    refuse_change(key, fmt::format("\"{}\"", text),
                  fmt::format("a number from {:g} to {:g}", field->low, field->high));
  }
}

}  // namespace

std::span<const FormField> form_fields() {
  return form;
}

Json describe_fields() {
  Json fields = Json::array();
  for (const FormField& field : form) {
    fields.push_back({{"key", field.key},
                      {"title", field.title},
                      {"hint", field.hint},
                      {"kind", kind_names[static_cast<std::size_t>(field.kind)]},
                      {"low", field.low},
                      {"high", field.high},
                      {"words", words_of(field)},
                      {"while_training", field.while_training}});
  }
  return fields;
}

Json field_values(const train::Recipe& recipe) {
  const toml::table table = toml::parse(train::to_toml(recipe));
  Json values = Json::object();
  for (const FormField& field : form) {
    if (Json value = value_of(table, field.key); !value.is_null()) {
      values[std::string(field.key)] = std::move(value);
    }
  }
  return values;
}

std::vector<std::string> read_settings(const Json& settings) {
  const bool texts = settings.is_array() &&
                     std::ranges::all_of(settings, [](const Json& setting) { return setting.is_string(); });
  if (!texts) {
    refuse_change("settings", "something else", "an array of \"KEY=VALUE\"");
  }
  return settings.get<std::vector<std::string>>();
}

void require_change(const train::Recipe& recipe, const std::vector<std::string>& settings) {
  if (settings.empty()) {
    refuse_change("settings", "none", "at least one \"KEY=VALUE\"");
  }
  std::ranges::for_each(settings, require_field);
  train::parse_recipe(train::to_toml(recipe), "the run's recipe", settings);
}

}  // namespace ganymede::serve
