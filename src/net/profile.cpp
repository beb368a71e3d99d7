#include "net/profile.h"

#include <array>
#include <vector>

namespace ganymede::net {

std::string_view pass_name(Pass pass) {
  constexpr std::array<std::string_view, pass_count> names = {"forward", "backward data", "backward weights",
                                                              "tangent", "update"};
  return names[static_cast<std::size_t>(pass)];
}

std::int64_t multiply_adds(const LayerSpec& layer, const LayerShape& shape) {
  if (std::holds_alternative<Dense>(layer)) {
    return shape.input.elements() * shape.output.elements();
  }
  if (const auto* convolution = std::get_if<Convolution>(&layer)) {
    // Each pixel of the smaller side meets the whole kernel, once for every channel of the other side.
    const std::int64_t area = convolution->kernel * convolution->kernel;
    return convolution->transposed ? shape.input.elements() * area * shape.output.back()
                                   : shape.output.elements() * area * shape.input.back();
  }
  if (const auto* residual = std::get_if<Residual>(&layer)) {
    return 2 * shape.input.elements() * residual->kernel * residual->kernel * residual->hidden;
  }
  return 0;
}

std::int64_t multiply_adds(const NetSpec& network) {
  const std::vector<LayerShape> shapes = infer_shapes(network);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    sum += multiply_adds(network.layers[i], shapes[i]);
  }
  return sum;
}

}  // namespace ganymede::net
