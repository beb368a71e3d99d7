#include "serve/inside/flow_request.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "data/batch.h"

namespace ganymede::serve {

LatentChoice latent_choice(const Target& target) {
  constexpr std::int64_t most_points = 10'000;
  return {.seed = static_cast<std::uint64_t>(
              number(target, "seed", 0, 0, std::numeric_limits<std::int64_t>::max())),
          .point = number(target, "point", 0, 0, most_points - 1)};
}

std::optional<LayerChoice> layer_choice(const Target& target) {
  const auto found = target.query.find("open");
  if (found == target.query.end()) {
    return std::nullopt;
  }
  constexpr std::int64_t most_layers = 10'000;
  const std::size_t dot = found->second.find('.');
  const std::string layer = dot == std::string::npos ? "" : found->second.substr(dot + 1);
  return LayerChoice{.network = found->second.substr(0, dot),
                     .layer = static_cast<std::size_t>(parse_number(layer, "open", 0, most_layers))};
}

Sample sample_of(const Target& target, const Inspector& inspector, const RunReader& reader) {
  const std::int64_t highest_label = std::max<std::int64_t>(inspector.classes() - 1, 0);
  Sample sample{.latent = inspector.latent(latent_choice(target)),
                .label = static_cast<std::int32_t>(number(target, "label", 0, 0, highest_label)),
                .image = {}};
  if (!target.query.contains("image")) {
    return sample;
  }
  const auto dataset = reader.open_data(inspector.recipe());
  const auto index = static_cast<std::uint32_t>(
      number(target, "image", 0, 0, static_cast<std::int64_t>(dataset->train.count()) - 1));
  const train::PixelRange& range = inspector.recipe().pixel_range;
  sample.image.resize(dataset->train.image_size());
  data::gather(dataset->train, std::array{index}, {range.low, range.high}, sample.image);
  sample.image_label = dataset->train.labels[index];
  return sample;
}

}  // namespace ganymede::serve
