#include "serve/inspector.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "io/pictures/grid.h"
#include "serve/http/encoding.h"
#include "train/sampling.h"

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;
using WeightRole = net::WeightDeclaration::Role;

std::vector<std::int64_t> sizes_of(const base::Shape& shape) {
  return {shape.sizes().begin(), shape.sizes().end()};
}

Json describe_network(const net::NetSpec& spec) {
  Json layers = Json::array();
  const auto shapes = net::infer_shapes(spec);
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    layers.push_back({{"name", shapes[n].name},
                      {"kind", net::kind_name(spec.layers[n])},
                      {"shape", sizes_of(shapes[n].output)},
                      {"parameters", 0},
                      {"weights", Json::array()}});
  }
  std::int64_t trainable = 0;
  for (const net::WeightRow& row : net::weight_table(spec)) {
    Json& layer = layers[static_cast<std::size_t>(row.layer)];
    const bool trained = row.role == WeightRole::parameter;
    layer["parameters"] = layer["parameters"].get<std::int64_t>() + row.shape.elements();
    layer["weights"].push_back({{"name", row.name}, {"shape", sizes_of(row.shape)}, {"trained", trained}});
    trainable += trained ? row.shape.elements() : 0;
  }
  return {{"input", sizes_of(spec.input)},
          {"classes", net::label_classes(spec)},
          {"trainable", trainable},
          {"layers", layers}};
}

/// The first `layers` layers.
net::NetSpec beginning(net::NetSpec spec, std::size_t layers) {
  spec.layers.resize(layers);
  return spec;
}

Json describe_values(std::span<const float> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, float value) {
    return sum + (value - mean) * (value - mean);
  });
  return {{"low", low},
          {"high", high},
          {"mean", mean},
          {"deviation", std::sqrt(squares / count)},
          {"values", base64_of_range(values, low, high)}};
}

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

void run(net::Program& program, std::span<const float> input, std::int32_t label) {
  std::ranges::copy(input, program.input().begin());
  std::ranges::fill(program.labels(), label);
  program.forward({});
}

float sigmoid(float logit) {
  return 1.0F / (1.0F + std::exp(-logit));
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

Inspector::Probe& Inspector::probe(TrainedNetwork& network, std::optional<Probe>& kept) {
  if (!kept) {
    kept.emplace();
    for (std::size_t layers = 1; layers <= network.spec.layers.size(); ++layers) {
      const bool last = layers == network.spec.layers.size();
      kept->programs.emplace_back(beginning(network.spec, layers),
                                  net::Use{.batch = 1, .input_gradient = last}, network.weights, device_);
    }
  }
  return *kept;
}

Json Inspector::activations(TrainedNetwork& network, std::optional<Probe>& kept, std::span<const float> input,
                            std::int32_t label) {
  Json layers = Json::array();
  for (net::Program& program : probe(network, kept).programs) {
    run(program, input, label);
    const net::LayerShape& shape = program.plan().layers.back().shape;
    Json layer = {{"name", shape.name}, {"shape", sizes_of(shape.output)}};
    layer.update(describe_values(program.output()));
    layers.push_back(std::move(layer));
  }
  return layers;
}

Json Inspector::generate(const LatentChoice& choice) {
  const std::lock_guard lock(mutex_);
  const std::vector<float> point = latent(choice);
  Json json = {{"epoch", networks_.epoch}, {"input", describe_values(point)}};
  json["layers"] = activations(networks_.generator, generator_probe_, point, choice.label);
  const train::PixelRange& range = networks_.recipe.pixel_range;
  json["image"] = base64_of_range(generator_probe_->programs.back().output(), range.low, range.high);
  json["image_shape"] = sizes_of(image_);
  return json;
}

Json Inspector::judge(std::span<const float> image, std::int32_t label) {
  require_fit(networks_.partner, image, label);
  const std::lock_guard lock(mutex_);
  const train::PixelRange& range = networks_.recipe.pixel_range;
  Json json = {{"epoch", networks_.epoch},
               {"image", base64_of_range(image, range.low, range.high)},
               {"image_shape", sizes_of(image_)}};
  json["layers"] = activations(networks_.partner, partner_probe_, image, label);
  json.update(networks_.recipe.model == train::ModelKind::vae ? reconstruction() : verdict());
  return json;
}

Json Inspector::verdict() {
  net::Program& whole = partner_probe_->programs.back();
  const float logit = whole.output().front();
  std::ranges::fill(whole.output_gradient(), 1.0F);
  whole.backward();
  float largest = 0.0F;
  for (const float slope : whole.input_gradient()) {
    largest = std::max(largest, std::abs(slope));
  }
  return {{"logit", logit},
          {"probability", sigmoid(logit)},
          {"gradient_scale", largest},
          {"gradient", base64_of_range(whole.input_gradient(), -largest, largest)}};
}

Json Inspector::reconstruction() {
  const std::span posterior = partner_probe_->programs.back().output();  // means, then log variances
  net::Program& decoder = probe(networks_.generator, generator_probe_).programs.back();
  run(decoder, posterior.first(posterior.size() / 2), 0);
  const train::PixelRange& range = networks_.recipe.pixel_range;
  return {{"reconstruction", base64_of_range(decoder.output(), range.low, range.high)}};
}

std::vector<float> Inspector::image(const LatentChoice& choice) {
  const std::lock_guard lock(mutex_);
  net::Program& whole = probe(networks_.generator, generator_probe_).programs.back();
  run(whole, latent(choice), choice.label);
  return {whole.output().begin(), whole.output().end()};
}

io::Image Inspector::sheet(std::uint64_t seed, std::int64_t count, std::int64_t columns) {
  const std::lock_guard lock(mutex_);
  net::Program& whole = probe(networks_.generator, generator_probe_).programs.back();
  const std::vector<float> latents = train::sample_latents(networks_.recipe, seed, count);
  const std::vector<std::int32_t> labels = train::sample_labels(count, columns, classes());
  std::vector<float> images;
  const auto size = static_cast<std::size_t>(networks_.recipe.latent.size);
  for (std::size_t n = 0; n < labels.size(); ++n) {
    run(whole, std::span(latents).subspan(n * size, size), labels[n]);
    images.insert(images.end(), whole.output().begin(), whole.output().end());
  }
  const train::PixelRange& range = networks_.recipe.pixel_range;
  return io::make_grid(images, image_.with_leading(count),
                       {.columns = static_cast<int>(columns), .low = range.low, .high = range.high});
}

}  // namespace ganymede::serve
