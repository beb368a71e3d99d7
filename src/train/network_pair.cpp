#include "train/network_pair.h"

#include <algorithm>
#include <iterator>

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the partner's first weights apart from the generator's.
constexpr std::uint32_t partner_weights = 1U << 16;

Network make_network(net::NetSpec spec, const LearningNetwork& learning, dist::Part part) {
  return {std::move(spec), learning.optimizer, constraints(learning.settings), part};
}

const Recipe& checked(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  check_networks(recipe, image, classes);
  return recipe;
}

}  // namespace

NetworkPair::NetworkPair(const Recipe& recipe, const base::Shape& image, std::int64_t classes,
                         dist::Part part)
    : batch_(recipe.training.batch_size),
      part_(part),
      generator_(
          make_network(generator_spec(checked(recipe, image, classes)), learning_networks(recipe)[0], part)),
      partner_(make_network(partner_spec(recipe, image), learning_networks(recipe)[1], part)) {
  const auto seed = static_cast<std::uint64_t>(recipe.training.seed);
  generator_.initialise(seed, 0);
  partner_.initialise(seed, partner_weights);
  if (recipe.average.half_life_images > 0) {
    average_.emplace(recipe.average, generator_.spec(), generator_.weights());
  }
}

void NetworkPair::update_generator(std::uint64_t update, double factor) {
  const auto number = static_cast<std::int64_t>(update) + 1;
  generator_.update(number, factor);
  if (average_ && part_.leads()) {
    average_->follow(generator_.weights(), number * batch_, batch_);
  }
}

std::vector<NamedTensor> NetworkPair::tensors() {
  std::vector<NamedTensor> all = generator_.tensors();
  std::ranges::move(partner_.tensors(), std::back_inserter(all));
  if (average_) {
    std::ranges::move(average_->tensors(generator_.spec().name), std::back_inserter(all));
  }
  return all;
}

void NetworkPair::resume() {
  for (Network* network : all()) {
    network->resume();
  }
  if (average_) {
    average_->weights().refresh_shadow();
  }
}

}  // namespace ganymede::train
