#include "train/network.h"

#include <chrono>
#include <utility>

namespace ganymede::train {

Network::Network(net::NetSpec spec, const ops::AdamSettings& optimizer)
    : spec_(std::move(spec)),
      weights_(spec_),
      optimizer_(optimizer),
      first_moments_(weights_.parameters().size_bytes()),
      second_moments_(weights_.parameters().size_bytes()),
      update_time_{.layer = "adam", .pass = net::Pass::update} {}

void Network::time_updates() {
  update_time_.calls = 0;
  update_time_.seconds = 0.0;
}

void Network::update(std::int64_t step) {
  const auto begin = std::chrono::steady_clock::now();
  ops::adam(optimizer_, step,
            {.gradients = weights_.gradients(),
             .parameters = weights_.parameters(),
             .first_moments = first_moments_.as<float>(),
             .second_moments = second_moments_.as<float>(),
             .shadow = weights_.shadow()});
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  update_time_.seconds += elapsed.count();
  ++update_time_.calls;
}

std::vector<NamedTensor> Network::tensors() {
  std::vector<NamedTensor> tensors;
  for (const net::WeightRow& row : weights_.table()) {
    const std::string name = spec_.name + "." + row.name;
    tensors.push_back({name, row.shape, weights_.values(row)});
    if (row.role == net::WeightDeclaration::Role::parameter) {
      const std::size_t size = weights_.values(row).size();
      tensors.push_back({name + ".adam_m", row.shape, first_moments_.as<float>().subspan(row.offset, size)});
      tensors.push_back({name + ".adam_v", row.shape, second_moments_.as<float>().subspan(row.offset, size)});
    }
  }
  return tensors;
}

}  // namespace ganymede::train
