#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/weights.h"
#include "train/recipe/recipe.h"

namespace ganymede::serve {

/// A network and its weights.
struct TrainedNetwork {
  net::NetSpec spec;
  net::Weights weights;
};

/// The last saved networks of a run.
struct TrainedNetworks {
  train::Recipe recipe;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::vector<std::string> class_names;
  TrainedNetwork generator;
  TrainedNetwork partner;  ///< the discriminator or the encoder: see train::partner_spec()
};

}  // namespace ganymede::serve
