#include "serve/inside/inspector.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "io/pictures/grid.h"
#include "ops/elementwise/reduce.h"
#include "serve/http/encoding.h"
#include "serve/inside/describe.h"
#include "train/sampling.h"

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;

/// Throws for an image of another size than the network's, for example if the data were replaced since the
/// run, and for an unknown label.
void require_fit(const TrainedNetwork& network, std::span<const float> image, std::int32_t label) {
  const auto refuse = [&](std::string found, std::string expected) {
    throw base::Error(base::ErrorKind::data,
                      {.where = "the image for the " + network.spec.name,
                       .found = std::move(found),
                       .expected = std::move(expected),
                       .advice = "Serve the run with the data that it was trained on"});
  };
  if (static_cast<std::int64_t>(image.size()) != network.spec.input.elements()) {
    refuse(fmt::format("{} pixels", image.size()), network.spec.input.to_string());
  }
  const std::int64_t classes = net::label_classes(network.spec);
  if (classes > 0 && (label < 0 || label >= classes)) {
    refuse(fmt::format("the label {}", label), fmt::format("one from 0 to {}", classes - 1));
  }
}

Json verdict_of(const Passage& passage) {
  const float logit = passage.outputs.back().front();
  return {{"logit", logit}, {"probability", 1.0F / (1.0F + std::exp(-logit))}};
}

/// Of a VAE there is none.
Json verdicts_of(const Course& course) {
  Json verdicts = Json::object();
  for (const char* image : {"fake", "real"}) {
    if (const auto passage = course.passages.find(image); passage != course.passages.end()) {
      verdicts[image] = verdict_of(passage->second);
    }
  }
  return verdicts;
}

/// What the images' labels are to the losses; nothing for losses without labels.
Json labels_of(const train::ObjectiveSettings& objective) {
  using train::Loss;
  const bool labelled = objective.loss == Loss::bce_with_logits || objective.loss == Loss::minimax ||
                        objective.loss == Loss::least_squares;
  return labelled ? Json{{"real", objective.real_label},
                         {"fake", objective.fake_label},
                         {"generator", objective.generator_label}}
                  : Json();
}

/// By layer: how long the way is that the parameters have gone, relative to where they were; null for a layer
/// without.
Json relative_changes(const TrainedNetwork& network, const WeightsCopy& before, const WeightsCopy& now) {
  std::vector<double> moved(network.spec.layers.size()), length(moved.size());
  for (const net::WeightRow& row : network.weights.table()) {
    if (row.role != net::WeightDeclaration::Role::parameter) {
      continue;
    }
    const auto layer = static_cast<std::size_t>(row.layer);
    for (std::int64_t n = row.offset; n < row.offset + row.shape.elements(); ++n) {
      const double was = before.parameters[static_cast<std::size_t>(n)];
      const double is = now.parameters[static_cast<std::size_t>(n)];
      moved[layer] += (is - was) * (is - was);
      length[layer] += was * was;
    }
  }
  Json changes = Json::array();
  for (std::size_t layer = 0; layer < moved.size(); ++layer) {
    changes.push_back(length[layer] > 0.0 ? Json(std::sqrt(moved[layer] / length[layer])) : Json());
  }
  return changes;
}

/// Sample number `number`.
Sample sample_of(const BatchCopy& batch, std::int64_t number) {
  const auto part = [&](const std::vector<float>& values) {
    const auto size = static_cast<std::ptrdiff_t>(values.size()) / batch.count;
    const auto first = values.begin() + size * number;
    return std::vector<float>(first, first + size);
  };
  const std::int32_t label = batch.labels[static_cast<std::size_t>(number)];
  return {.latent = part(batch.latents), .label = label, .image = part(batch.images), .image_label = label};
}

}  // namespace

Inspector::Inspector(TrainedNetworks networks)
    : networks_(std::move(networks)), image_(net::output_shape(networks_.generator.spec)) {}

Json Inspector::describe() const {
  return {{"epoch", networks_.epoch},
          {"step", networks_.step},
          {"class_names", networks_.class_names},
          {"generator", describe_network(networks_.generator.spec)},
          {networks_.partner.spec.name, describe_network(networks_.partner.spec)}};
}

std::vector<float> Inspector::latent(const LatentChoice& choice) const {
  const std::vector<float> latents = train::sample_latents(networks_.recipe, choice.seed, choice.point + 1);
  return {latents.end() - networks_.recipe.latent.size, latents.end()};
}

Probe& Inspector::generator() {
  return generator_probe_ ? *generator_probe_ : generator_probe_.emplace(networks_.generator, device_);
}

Probe& Inspector::partner() {
  return partner_probe_ ? *partner_probe_ : partner_probe_.emplace(networks_.partner, device_);
}

void Inspector::show(const Look& look) {
  look.generator.give(networks_.generator.weights);
  look.partner.give(networks_.partner.weights);
}

void Inspector::require_fit(const Sample& sample) const {
  if (!sample.image.empty()) {
    serve::require_fit(networks_.partner, sample.image, sample.image_label);
  }
}

const TrainedNetwork& Inspector::network(const std::string& name) const {
  return name == networks_.generator.spec.name ? networks_.generator : networks_.partner;
}

void Inspector::require_layer(const std::optional<LayerChoice>& open) const {
  if (open && (network(open->network).spec.name != open->network ||
               open->layer >= network(open->network).spec.layers.size())) {
    throw base::Error(
        base::ErrorKind::usage,
        {.where = "open",
         .found = fmt::format("layer {} of \"{}\"", open->layer, open->network),
         .expected = fmt::format("one of the {} layers of the generator or the {} of the {}",
                                 networks_.generator.spec.layers.size(), networks_.partner.spec.layers.size(),
                                 networks_.partner.spec.name)});
  }
}

Course Inspector::course_of(const Sample& sample) {
  return is_vae() ? vae_course(networks_.recipe, generator(), partner(), sample)
                  : gan_course(networks_.recipe, generator(), partner(), sample);
}

Json Inspector::flow(const Sample& sample, const std::optional<LayerChoice>& open) {
  require_fit(sample);
  require_layer(open);
  const std::lock_guard lock(mutex_);
  const Course course = course_of(sample);
  Json json = draw(course, course, sample, open);
  json["epoch"] = networks_.epoch;
  json["step"] = networks_.step;
  return json;
}

Json Inspector::flow(const Look& look, const Sample& sample, std::int64_t number,
                     const std::optional<LayerChoice>& open) {
  const bool in_step = look.phase && look.batch.count > 0;
  const std::int64_t chosen = in_step ? number % look.batch.count : 0;
  std::vector<Sample> samples = {sample};
  if (in_step) {
    samples.clear();
    for (std::int64_t n = 0; n < look.batch.count; ++n) {
      samples.push_back(sample_of(look.batch, n));
    }
  }
  std::ranges::for_each(samples, [this](const Sample& one) { require_fit(one); });
  require_layer(open);

  const std::lock_guard lock(mutex_);
  const auto courses = [&](const Look& at) {
    show(at);
    std::vector<Course> all;
    std::ranges::transform(samples, std::back_inserter(all),
                           [&](const Sample& one) { return course_of(one); });
    return all;
  };
  const std::vector<Course> before = look.before ? courses(*look.before) : std::vector<Course>();
  const std::vector<Course> now = courses(look);
  const auto at = static_cast<std::size_t>(chosen);
  Json json = draw(now[at], before.empty() ? now[at] : before[at], samples[at], open);
  json["step"] = look.position.step;
  json["epoch"] = look.position.epoch();
  json["phase"] = look.phase ? Json(train::to_string(*look.phase)) : Json();
  json["metrics"] = Json::object();
  if (look.metrics) {
    train::for_each_metric(*look.metrics,
                           [&](const char* name, float value) { json["metrics"][name] = value; });
  }
  if (in_step) {
    json["number"] = chosen;
    json["batch"] = draw_batch(before, now, look.batch);
  }
  if (look.before) {
    const auto tell = [&](const TrainedNetwork& network, const WeightsCopy& was, const WeightsCopy& is) {
      json["changed"][network.spec.name] = relative_changes(network, was, is);
    };
    if (is_vae() || look.phase == train::Phase::generator_update) {
      tell(networks_.generator, look.before->generator, look.generator);
    }
    if (is_vae() || look.phase == train::Phase::partner_update) {
      tell(networks_.partner, look.before->partner, look.partner);
    }
  }
  return json;
}

Json Inspector::draw(const Course& course, const Course& learnt_from, const Sample& sample,
                     const std::optional<LayerChoice>& open) const {
  const bool updated = &course != &learnt_from;
  Json json = {{"model", is_vae() ? "vae" : "gan"},
               {"label", sample.label},
               {"image_label", sample.image_label},
               {"image_shape", sizes_of(image_)},
               {"generated", pixels(course.generated)},
               {"real", sample.image.empty() ? Json() : Json(pixels(sample.image))},
               {"made_again", course.made_again.empty() ? Json() : Json(pixels(course.made_again))},
               {"losses", course.losses},
               {"losses_before", updated ? Json(learnt_from.losses) : Json()},
               {"labels", is_vae() ? Json() : labels_of(networks_.recipe.objective)},
               {"verdicts", verdicts_of(course)},
               {"verdicts_before", updated ? verdicts_of(learnt_from) : Json()}};
  for (const auto& [name, passage] : course.passages) {
    const bool makes = name == networks_.generator.spec.name;
    json["passages"][name] =
        draw(makes ? name : networks_.partner.spec.name, passage, learnt_from.passages.at(name));
  }
  if (open) {
    json["opened"] = draw_open(*open, course, learnt_from);
  }
  return json;
}

Json Inspector::draw(const std::string& name, const Passage& passage, const Passage& learnt_from,
                     std::optional<std::size_t> only) const {
  const net::NetSpec& spec = network(name).spec;
  const Share share = only ? Share::whole : Share::beginning;
  const auto one = [&](std::span<const float> values, const base::Shape& shape, const auto& gradient_of) {
    Json json = describe_values(values, shape, share);
    json["gradients"] = Json::object();
    for (const auto& [loss, gradients] : learnt_from.gradients) {
      if (const std::vector<float>& gradient = gradient_of(gradients); !gradient.empty()) {
        json["gradients"][loss] = describe_gradient(gradient, shape, share);
      }
    }
    return json;
  };
  const auto shapes = net::infer_shapes(spec);
  const auto layer = [&](std::size_t n) {
    return one(
        passage.outputs[n], shapes[n].output,
        [n](const LayerGradients& gradients) -> const std::vector<float>& { return gradients.layers[n]; });
  };
  if (only) {
    return layer(*only);
  }
  Json json = {{"input", one(passage.input, spec.input,
                             [](const LayerGradients& gradients) -> const std::vector<float>& {
                               return gradients.input;
                             })},
               {"layers", Json::array()}};
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    json["layers"].push_back(layer(n));
  }
  return json;
}

Json Inspector::draw_open(const LayerChoice& open, const Course& course, const Course& learnt_from) const {
  const TrainedNetwork& opened = network(open.network);
  const bool makes = &opened == &networks_.generator;
  Json json = {{"network", open.network},
               {"layer", open.layer},
               {"weights", describe_weights(opened.spec, opened.weights, open.layer)}};
  for (const auto& [name, passage] : course.passages) {
    if (makes == (name == networks_.generator.spec.name)) {
      json["passages"][name] = draw(open.network, passage, learnt_from.passages.at(name), open.layer);
    }
  }
  return json;
}

Json Inspector::draw_batch(const std::vector<Course>& before, const std::vector<Course>& now,
                           const BatchCopy& batch) const {
  Json rows = Json::array();
  for (std::size_t n = 0; n < now.size(); ++n) {
    const Sample sample = sample_of(batch, static_cast<std::int64_t>(n));
    const Course& was = before.empty() ? now[n] : before[n];
    rows.push_back({{"real", pixels(sample.image)},
                    {"generated", pixels(is_vae() ? now[n].made_again : now[n].generated)},
                    {"verdicts", verdicts_of(now[n])},
                    {"verdicts_before", verdicts_of(was)},
                    {"losses", now[n].losses},
                    {"losses_before", was.losses}});
  }
  return rows;
}

std::string Inspector::pixels(std::span<const float> image) const {
  const train::PixelRange& range = networks_.recipe.pixel_range;
  return base64_of_range(image, range.low, range.high);
}

io::Image Inspector::sheet(std::uint64_t seed, std::int64_t count, std::int64_t columns) {
  const std::lock_guard lock(mutex_);
  const std::vector<float> latents = train::sample_latents(networks_.recipe, seed, count);
  const std::vector<std::int32_t> labels = train::sample_labels(count, columns, classes());
  std::vector<float> images;
  const auto size = static_cast<std::size_t>(networks_.recipe.latent.size);
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const std::vector<float> image =
        generator().output(std::span(latents).subspan(n * size, size), labels[n]);
    images.insert(images.end(), image.begin(), image.end());
  }
  const train::PixelRange& range = networks_.recipe.pixel_range;
  return io::make_grid(images, image_.with_leading(count),
                       {.columns = static_cast<int>(columns), .low = range.low, .high = range.high});
}

}  // namespace ganymede::serve
