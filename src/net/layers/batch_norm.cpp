#include "net/layers/batch_norm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::net {

using base::Shape;

LayerFacts facts(const BatchNorm&) {
  return {.word = "batch_norm",
          .keras = "BatchNormalization",
          .family = Family::normalisation,
          .memory = Memory::own,
          .response = Response::batch,
          .order = Order::kept,
          .weighs_in_data_pass = true};
}

Shape output_shape(const BatchNorm&, const Shape& input) {
  return input;
}

std::vector<WeightDeclaration> declare(const BatchNorm&, const Shape& input, Initializer) {
  using Role = WeightDeclaration::Role;
  const Shape channels = {input.back()};
  const Fill ones = {Fill::Kind::constant, 1.0F};
  const bool features = input.rank() == 1;
  const std::vector<WeightAxis> axes = {
      {0, features ? WeightAxis::Elements::of_input : WeightAxis::Elements::plain}};
  return {{.name = "gamma", .shape = channels, .fill = ones, .axes = axes, .torch_name = "weight"},
          {.name = "beta", .shape = channels, .axes = axes, .torch_name = "bias"},
          {.name = "running_mean", .shape = channels, .role = Role::state, .axes = axes},
          {.name = "running_variance",
           .shape = channels,
           .role = Role::state,
           .fill = ones,
           .axes = axes,
           .torch_name = "running_var"}};
}

std::size_t scratch_bytes(const BatchNorm&, const Shape& input, const Use& use) {
  const std::size_t rows = use.part.share().parts > 1 ? 4 : 2;
  return rows * static_cast<std::size_t>(input.back()) * sizeof(float);
}

BatchNormOp::BatchNormOp(const BatchNorm& batch_norm, const LayerBinding& binding, const ops::Device&)
    : binding_(binding), batch_norm_(batch_norm) {
  const auto channels = static_cast<std::size_t>(binding.src.shape.back());
  const std::span scratch(reinterpret_cast<float*>(binding.scratch.data()),
                          binding.scratch.size() / sizeof(float));
  mean_ = scratch.first(channels);
  inverse_deviation_ = scratch.subspan(channels, channels);
  sums_ = scratch.subspan(2 * channels);
  if (binding.use->backward() && !binding.use->weight_gradients) {
    unused_gradients_.resize(2 * channels);
  }
  const dist::Part part = binding.use->part;
  part_sums_ = {.parts = part.share().parts, .add_up = [part](std::span<float> values) { part.sum(values); }};
}

void BatchNormOp::forward(const PassContext&) {
  const std::span running_mean = binding_.states[0];
  const std::span running_variance = binding_.states[1];
  dispatch(binding_.src.dtype, [&]<class T>(T) {
    if (binding_.use->training) {
      ops::batch_norm_statistics<T>(binding_.src.as<const T>(), batch_norm_.epsilon, mean_,
                                    inverse_deviation_, part_sums_);
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
                                  binding_.diff_src.as<T>(), part_sums_, sums_);
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

/// No product: it reads and writes each element.
std::int64_t multiply_adds(const BatchNorm&, const LayerShape&) {
  return 0;
}

void write_onnx(const BatchNorm& batch_norm, const LayerShape& place, OnnxGraph& graph) {
  std::vector<std::string> inputs = graph.with_weights(place, true);
  inputs.push_back(place.part("running_mean"));
  inputs.push_back(place.part("running_var"));
  graph.add({"BatchNormalization", place.name, std::move(inputs), {{"epsilon", batch_norm.epsilon}}});
}

/// gamma (x - mean) / sqrt(variance + epsilon) + beta as one product and sum.
void write_c(const BatchNorm& batch_norm, const LayerShape& place, CCode& code) {
  const std::span<const float> gamma = code.values(place.part("gamma"));
  const std::span<const float> beta = code.values(place.part("beta"));
  const std::span<const float> mean = code.values(place.part("running_mean"));
  const std::span<const float> variance = code.values(place.part("running_variance"));
  std::vector<float> scale;
  std::vector<float> shift;
  for (std::size_t n = 0; n < gamma.size(); ++n) {
    const double factor = gamma[n] / std::sqrt(static_cast<double>(variance[n]) + batch_norm.epsilon);
    scale.push_back(static_cast<float>(factor));
    shift.push_back(static_cast<float>(beta[n] - mean[n] * factor));
  }
  const std::string shifts = code.array(place.part("shift"), shift);
  const std::string scales = code.array(place.part("scale"), scale);
  code.line(fmt::format("ganymede_scale_shift({}, {}, {}, {}, {});", code.here(), place.output.elements(),
                        scales, shifts, gamma.size()));
}

CSource c_source(const BatchNorm&) {
  return {.functions = R"c(
// batch normalisation with its statistics folded in, over the last axis
static inline void ganymede_scale_shift(float *data, int count, const float *scale, const float *shift,
                                        int channels) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] * scale[n % channels] + shift[n % channels];
  }
}
)c"};
}

}  // namespace ganymede::net
