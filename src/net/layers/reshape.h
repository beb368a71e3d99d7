#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// The same elements in the same order under another shape.
struct Reshape {
  base::Shape shape;  ///< of a sample

  friend bool operator==(const Reshape&, const Reshape&) = default;
};

/// Reshape to [features].
struct Flatten {
  friend bool operator==(const Flatten&, const Flatten&) = default;
};

template <class Visitor>
void fields(Reshape& reshape, Visitor& visit) {
  visit.required("shape", reshape.shape);
}
template <class Visitor>
void fields(Flatten&, Visitor&) {}

base::Shape output_shape(const Reshape& reshape, const base::Shape& input);
base::Shape output_shape(const Flatten& flatten, const base::Shape& input);

/// Both share their memory with their input, so that there is nothing to compute.
class ReshapeOp {
 public:
  ReshapeOp(const Reshape&, const LayerBinding&, const ops::Device&) {}
  ReshapeOp(const Flatten&, const LayerBinding&, const ops::Device&) {}

  void forward(const PassContext&) {}
  void backward_data() {}
  void backward_weights() {}
  void tangent() {}
  void contract(std::span<const float>) {}
};

}  // namespace ganymede::net
