#include "train/methods/moving_average.h"

#include <algorithm>
#include <cmath>

#include "ops/elementwise/elementwise.h"

namespace ganymede::train {

double replaced_share(const AverageSettings& settings, std::int64_t images, std::int64_t batch) {
  auto half_life = static_cast<double>(settings.half_life_images);
  if (settings.ramp_up > 0.0) {
    half_life = std::min(half_life, settings.ramp_up * static_cast<double>(images));
  }
  return 1.0 - std::exp2(-static_cast<double>(batch) / half_life);
}

MovingAverage::MovingAverage(const AverageSettings& settings, const net::NetSpec& spec, net::Weights& live)
    : settings_(settings), weights_(spec) {
  std::ranges::copy(live.parameters(), weights_.parameters().begin());
  std::ranges::copy(live.states(), weights_.states().begin());
  weights_.refresh_shadow();
}

void MovingAverage::follow(net::Weights& live, std::int64_t images, std::int64_t batch) {
  const auto share = static_cast<float>(replaced_share(settings_, images, batch));
  ops::move_towards(share, live.parameters(), weights_.parameters());
  ops::move_towards(share, live.states(), weights_.states());
  weights_.refresh_shadow();
}

std::vector<NamedTensor> MovingAverage::tensors(const std::string& network) {
  std::vector<NamedTensor> tensors;
  for (const net::WeightRow& row : weights_.table()) {
    tensors.push_back({network + "." + row.name + ".average", row.shape, weights_.values(row)});
  }
  return tensors;
}

}  // namespace ganymede::train
