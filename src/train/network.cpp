#include "train/network.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/stopwatch.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/reduce.h"

namespace ganymede::train {

Network::Network(net::NetSpec spec, const ops::AdamSettings& optimizer, const WeightConstraints& constraints,
                 dist::Part part)
    : spec_(std::move(spec)),
      weights_(spec_, part),
      optimizer_(optimizer),
      constraints_(constraints),
      part_(part),
      first_moments_(part.allocate(weights_.parameters().size())),
      second_moments_(part.allocate(weights_.parameters().size())),
      update_time_{.layer = "adam", .pass = net::Pass::update} {}

void Network::initialise(std::uint64_t seed, std::uint32_t first_stream) {
  weights_.initialise(seed, first_stream);
  if (constraints_.spectral_norm) {
    spectral_norm_.emplace(weights_, seed);
  }
}

void Network::time_updates() {
  update_time_.calls = 0;
  update_time_.seconds = 0.0;
}

double Network::gradient_norm() {
  return ops::norm(weights_.gradients());
}

void Network::update(std::int64_t step, double factor) {
  const base::Stopwatch stopwatch;
  ops::AdamSettings optimizer = optimizer_;
  optimizer.learning_rate *= factor;
  part_.mean_slice(weights_.gradient_memory());
  if (spectral_norm_) {
    gather_gradients();  // those of a whole layer are pulled back through its norm
    spectral_norm_->pull_back(weights_);
    update_slice(optimizer, step, {0, weights_.parameters().size()}, spectral_norm_->parameters());
    spectral_norm_->normalise(weights_);
  } else {
    update_slice(optimizer, step, part_.slice(weights_.parameters().size()), weights_.parameters());
    part_.gather_slices(weights_.parameter_memory());
  }
  if (constraints_.weight_clip > 0.0) {
    ops::clamp(static_cast<float>(constraints_.weight_clip), weights_.parameters());
  }
  if (constraints_.weight_clip > 0.0 || part_.share().parts > 1) {
    weights_.refresh_shadow();
  }
  update_time_.seconds += stopwatch.seconds();
  ++update_time_.calls;
}

void Network::update_slice(const ops::AdamSettings& optimizer, std::int64_t step, const dist::Slice& slice,
                           std::span<float> parameters) {
  const auto of = [&](auto tensor) { return tensor.subspan(slice.first, slice.count); };
  ops::adam(optimizer, step,
            {.gradients = of(weights_.gradients()),
             .parameters = of(parameters),
             .first_moments = of(first_moments_.values()),
             .second_moments = of(second_moments_.values()),
             .shadow = weights_.shadow().empty() ? weights_.shadow() : of(weights_.shadow())});
}

void Network::gather_moments() {
  if (!spectral_norm_) {  // with it, every part has them all
    part_.gather_slices(first_moments_);
    part_.gather_slices(second_moments_);
  }
}

std::vector<NamedTensor> Network::tensors() {
  std::vector<NamedTensor> tensors;
  for (const net::WeightRow& row : weights_.table()) {
    const std::string name = spec_.name + "." + row.name;
    tensors.push_back({name, row.shape, weights_.values(row)});
    if (row.role == net::WeightDeclaration::Role::parameter) {
      const std::size_t size = weights_.values(row).size();
      tensors.push_back({name + ".adam_m", row.shape, first_moments_.values().subspan(row.offset, size)});
      tensors.push_back({name + ".adam_v", row.shape, second_moments_.values().subspan(row.offset, size)});
    }
  }
  if (spectral_norm_) {
    std::ranges::move(spectral_norm_->tensors(spec_.name), std::back_inserter(tensors));
  }
  return tensors;
}

void Network::resume() {
  weights_.refresh_shadow();
  if (spectral_norm_) {
    spectral_norm_->resume();
  }
}

}  // namespace ganymede::train
