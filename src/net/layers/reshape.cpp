#include "net/layers/reshape.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ganymede::net {

base::Shape output_shape(const Reshape& reshape, const base::Shape& input) {
  if (reshape.shape.elements() != input.elements()) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = "reshape",
                       .found = fmt::format("shape {} for an input of shape {}", reshape.shape.to_string(),
                                            input.to_string()),
                       .expected = fmt::format("a shape of {} elements", input.elements()),
                       .advice = "Correct the shape or the layer before it"});
  }
  return reshape.shape;
}

base::Shape output_shape(const Flatten&, const base::Shape& input) {
  return {input.elements()};
}

}  // namespace ganymede::net
