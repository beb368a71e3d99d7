#include "net/profile.h"

#include <array>
#include <vector>

namespace ganymede::net {

std::string_view pass_name(Pass pass) {
  constexpr std::array<std::string_view, pass_count> names = {"forward", "backward data", "backward weights",
                                                              "tangent", "update"};
  return names[static_cast<std::size_t>(pass)];
}

std::int64_t multiply_adds_of(const LayerSpec& layer, const LayerShape& shape) {
  return std::visit(
      [&]<class Layer>(const Layer& description) -> std::int64_t {
        if constexpr (HasWeights<Layer>) {
          return multiply_adds(description, shape);
        } else {
          return 0;
        }
      },
      layer);
}

std::int64_t multiply_adds(const NetSpec& network) {
  const std::vector<LayerShape> shapes = infer_shapes(network);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    sum += multiply_adds_of(network.layers[i], shapes[i]);
  }
  return sum;
}

}  // namespace ganymede::net
