#include "net/layers/batch_norm.h"

#include <algorithm>

#include "ops/batch_norm.h"

namespace ganymede::net {

using base::Shape;

Shape output_shape(const BatchNorm&, const Shape& input) {
  return input;
}

std::vector<WeightDeclaration> declare(const BatchNorm&, const Shape& input, Initializer) {
  using Role = WeightDeclaration::Role;
  const Shape channels = {input.back()};
  const Fill ones = {Fill::Kind::constant, 1.0F};
  return {{.name = "gamma", .shape = channels, .fill = ones},
          {.name = "beta", .shape = channels},
          {.name = "running_mean", .shape = channels, .role = Role::state},
          {.name = "running_variance", .shape = channels, .role = Role::state, .fill = ones}};
}

std::size_t scratch_bytes(const BatchNorm&, const Shape& input, const Use&) {
  return 2 * static_cast<std::size_t>(input.back()) * sizeof(float);
}

BatchNormOp::BatchNormOp(const BatchNorm& batch_norm, const LayerBinding& binding, const ops::Device&)
    : binding_(binding), batch_norm_(batch_norm) {
  const auto channels = static_cast<std::size_t>(binding.src.shape.back());
  const std::span statistics(reinterpret_cast<float*>(binding.scratch.data()), 2 * channels);
  mean_ = statistics.first(channels);
  inverse_deviation_ = statistics.last(channels);
  if (binding.use->backward() && !binding.use->weight_gradients) {
    unused_gradients_.resize(2 * channels);
  }
}

void BatchNormOp::forward(const PassContext&) {
  const std::span running_mean = binding_.states[0];
  const std::span running_variance = binding_.states[1];
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    if (binding_.use->training) {
      ops::batch_norm_statistics<T>(binding_.src.as<const T>(), batch_norm_.epsilon, mean_,
                                    inverse_deviation_);
    } else {
      std::copy(running_mean.begin(), running_mean.end(), mean_.begin());
      ops::batch_norm_inverse_deviation(running_variance, batch_norm_.epsilon, inverse_deviation_);
    }
    ops::batch_norm_apply<T>(binding_.src.as<const T>(), mean_, inverse_deviation_,
                             {binding_.parameters[0].values, binding_.parameters[1].values},
                             binding_.dst.as<T>());
  });
  if (binding_.use->training && binding_.use->updates_states) {
    ops::batch_norm_update_running(batch_norm_.momentum, batch_norm_.epsilon, mean_, inverse_deviation_,
                                   running_mean, running_variance);
  }
}

void BatchNormOp::backward_data() {
  const std::size_t channels = mean_.size();
  const bool wanted = binding_.use->weight_gradients;
  const std::span unused(unused_gradients_);
  const std::span diff_gamma = wanted ? binding_.parameters[0].gradients : unused.first(channels);
  const std::span diff_beta = wanted ? binding_.parameters[1].gradients : unused.last(channels);
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    if (binding_.use->training) {
      ops::batch_norm_backward<T>(binding_.src.as<const T>(), binding_.diff_dst.as<const T>(), mean_,
                                  inverse_deviation_, binding_.parameters[0].values, diff_gamma, diff_beta,
                                  binding_.diff_src.as<T>());
    } else {
      ops::batch_norm_scale<T>(inverse_deviation_, binding_.parameters[0].values,
                               binding_.diff_dst.as<const T>(), binding_.diff_src.as<T>());
    }
  });
}

void BatchNormOp::tangent() {
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    ops::batch_norm_scale<T>(inverse_deviation_, binding_.parameters[0].values,
                             binding_.tangent_src.as<const T>(), binding_.tangent_dst.as<T>());
  });
}

}  // namespace ganymede::net
