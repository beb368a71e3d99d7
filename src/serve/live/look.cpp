#include "serve/live/look.h"

#include <algorithm>

namespace ganymede::serve {

void WeightsCopy::take(net::Weights& weights) {
  parameters.assign(weights.parameters().begin(), weights.parameters().end());
  states.assign(weights.states().begin(), weights.states().end());
}

void WeightsCopy::give(net::Weights& weights) const {
  std::ranges::copy(parameters, weights.parameters().begin());
  std::ranges::copy(states, weights.states().begin());
}

BatchCopy beginning_of(const train::Batch& batch, std::size_t image_size) {
  constexpr std::size_t most = 8;
  const std::size_t samples = batch.images.size() / image_size;
  const std::size_t count = std::min(samples, most);
  const auto first = [&](auto values) { return values.first(values.size() / samples * count); };
  BatchCopy copy{.count = static_cast<std::int64_t>(count), .labels = std::vector<std::int32_t>(count)};
  copy.images.assign(first(batch.images).begin(), first(batch.images).end());
  copy.latents.assign(first(batch.latents).begin(), first(batch.latents).end());
  if (!batch.labels.empty()) {
    std::ranges::copy(first(batch.labels), copy.labels.begin());
  }
  return copy;
}

}  // namespace ganymede::serve
