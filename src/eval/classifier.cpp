#include "eval/classifier.h"

#include <algorithm>
#include <cassert>

#include "base/error.h"
#include "ops/elementwise/softmax.h"

namespace ganymede::eval {

namespace {

constexpr std::int64_t batch = 250;

net::NetSpec body_of(net::NetSpec spec) {
  if (spec.layers.size() < 2 || !std::holds_alternative<net::Dense>(spec.layers.back())) {
    throw base::Error(
        base::ErrorKind::configuration,
        {.where = spec.name,
         .found = spec.layers.empty() ? "no layers" : std::string(net::kind_name(spec.layers.back())),
         .expected = "a dense layer at the end, which makes logits of features"});
  }
  spec.layers.pop_back();
  spec.layers.push_back(net::Flatten{});
  return spec;
}

net::NetSpec head_of(const net::NetSpec& spec) {
  return {"classifier head", net::output_shape(body_of(spec)), spec.initializer, {spec.layers.back()}};
}

}  // namespace

std::int32_t Readings::label(std::int64_t image) const {
  const auto row = probabilities_of(image);
  return static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin());
}

Classifier::Part::Part(const net::NetSpec& spec, const net::Weights& from, std::size_t first_row,
                       const ops::Device& device)
    : weights(std::make_unique<net::Weights>(spec)), program(spec, {.batch = batch}, *weights, device) {
  for (std::size_t row = 0; row < weights->table().size(); ++row) {
    std::ranges::copy(from.values(from.table()[first_row + row]),
                      weights->values(weights->table()[row]).begin());
  }
}

Classifier::Classifier(const net::NetSpec& spec, const net::Weights& weights, const ops::Device& device)
    : image_(spec.input),
      classes_(net::output_shape(spec).back()),
      feature_layer_(net::infer_shapes(spec)[spec.layers.size() - 2].name),
      body_(body_of(spec), weights, 0, device),
      head_(head_of(spec), weights, body_.weights->table().size(), device) {}

Readings Classifier::read(std::span<const std::uint8_t> images) {
  const std::int64_t pixels = image_.elements();
  const std::int64_t count = static_cast<std::int64_t>(images.size()) / pixels;
  const auto feature_count = static_cast<std::int64_t>(head_.program.input().size()) / batch;
  Readings readings{.feature_count = feature_count,
                    .classes = classes_,
                    .features = std::vector<float>(static_cast<std::size_t>(count * feature_count)),
                    .probabilities = std::vector<float>(static_cast<std::size_t>(count * classes_))};
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t part = std::min(batch, count - first);
    std::ranges::transform(images.subspan(first * pixels, part * pixels), body_.program.input().begin(),
                           [](std::uint8_t byte) { return static_cast<float>(byte) / 255.0F; });
    body_.program.forward({});
    const auto features = body_.program.output();
    std::ranges::copy(features, head_.program.input().begin());
    std::copy_n(features.begin(), part * feature_count, readings.features.begin() + first * feature_count);
    head_.program.forward({});
    ops::softmax(head_.program.output().first(part * classes_), classes_,
                 std::span(readings.probabilities).subspan(first * classes_, part * classes_));
  }
  return readings;
}

double accuracy(const Readings& readings, std::span<const std::uint16_t> labels) {
  assert(readings.count() == static_cast<std::int64_t>(labels.size()));
  double right = 0.0;
  for (std::int64_t image = 0; image < readings.count(); ++image) {
    right += readings.label(image) == labels[image] ? 1.0 : 0.0;
  }
  return right / static_cast<double>(labels.size());
}

}  // namespace ganymede::eval
