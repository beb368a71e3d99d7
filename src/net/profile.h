#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/spec.h"

namespace ganymede::net {

/// The passes that a layer's work is counted in; the update is the optimiser's, of a whole network.
enum class Pass { forward, backward_data, backward_weights, tangent, update };
constexpr std::size_t pass_count = 5;
std::string_view pass_name(Pass pass);

/// How long one layer's pass took, over all the calls since timing began.
struct PassTime {
  std::string layer;
  Pass pass = Pass::forward;
  std::int64_t calls = 0;
  double seconds = 0.0;
  double operations =
      0.0;  ///< floating-point operations of a call, a multiplication and an addition being two
};

/// The multiplications, each with its addition, of the layer's matrix product for one sample; zero for layers
/// without one. Every pass of a layer has as many.
std::int64_t multiply_adds_of(const LayerSpec& layer, const LayerShape& shape);
/// The same of all layers of a network.
std::int64_t multiply_adds(const NetSpec& network);

}  // namespace ganymede::net
