#include "net/layers/activation.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "net/copy.h"

namespace ganymede::net {

base::Shape output_shape(const Activation& activation, const base::Shape& input) {
  // The derivative is taken from the function's value, which must have the sign of its argument.
  if (!(activation.slope >= 0.0F && std::isfinite(activation.slope))) {
    throw base::Error(base::ErrorKind::configuration, {.where = "leaky_relu",
                                                       .found = fmt::format("slope {}", activation.slope),
                                                       .expected = "a slope of at least 0",
                                                       .advice = "It is the factor of negative inputs"});
  }
  return input;
}

ActivationOp::ActivationOp(const Activation& activation, const LayerBinding& binding, const ops::Device&)
    : binding_(binding), activation_(activation) {}

void ActivationOp::forward(const PassContext&) {
  if (binding_.epilogue_in_source) {
    return;
  }
  copy(binding_.src, binding_.dst);
  dispatch(binding_.dst.dtype,
           [&]<class T>(T) { ops::activation_forward<T>(activation_, binding_.dst.as<T>()); });
}

void ActivationOp::backward_data() {
  multiply_by_derivative(binding_.diff_dst, binding_.diff_src);
}

void ActivationOp::tangent() {
  multiply_by_derivative(binding_.tangent_src, binding_.tangent_dst);
}

void ActivationOp::multiply_by_derivative(const TensorRef& src, const TensorRef& dst) {
  copy(src, dst);
  dispatch(binding_.dst.dtype, [&]<class D>(D) {
    dispatch(dst.dtype, [&]<class T>(T) {
      ops::activation_derivative<D, T>(activation_, binding_.dst.as<const D>(), dst.as<T>());
    });
  });
}

}  // namespace ganymede::net
