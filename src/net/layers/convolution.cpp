#include "net/layers/convolution.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "net/contraction.h"
#include "ops/elementwise/reduce.h"

namespace ganymede::net {

using base::Shape;

ConvolutionAxis convolution_axis(const Convolution& c, std::int64_t in) {
  if (c.padding.same) {
    const std::int64_t out = c.transposed ? in * c.stride : (in + c.stride - 1) / c.stride;
    const auto [large, small] = std::minmax(in, out, std::greater<>{});
    const std::int64_t total = std::max<std::int64_t>((small - 1) * c.stride + c.kernel - large, 0);
    return {out, total / 2, total - total / 2};
  }
  const std::int64_t pad = c.padding.each_side;
  const std::int64_t out =
      c.transposed ? (in - 1) * c.stride + c.kernel - 2 * pad : (in + 2 * pad - c.kernel) / c.stride + 1;
  return {out, pad, pad};
}

namespace {

[[noreturn]] void refuse(const std::string& found, const std::string& expected, const std::string& advice) {
  throw base::Error(base::ErrorKind::configuration,
                    {.where = "convolution", .found = found, .expected = expected, .advice = advice});
}

}  // namespace

Shape output_shape(const Convolution& c, const Shape& input) {
  constexpr std::int64_t largest = 4096;
  if (input.rank() != 3) {
    refuse("an input of shape " + input.to_string(), "[height, width, channels]",
           "Put a reshape layer before it");
  }
  if (std::min({c.channels, c.kernel, c.stride}) < 1 ||
      std::max({c.channels, c.kernel, c.stride}) > largest || c.padding.each_side < 0 ||
      c.padding.each_side >= c.kernel) {
    refuse(fmt::format("channels {}, kernel {}, stride {}, padding {}", c.channels, c.kernel, c.stride,
                       c.padding.each_side),
           fmt::format("sizes from 1 to {} and a padding below the kernel's size", largest),
           "Correct the layer");
  }
  const std::int64_t height = convolution_axis(c, input[0]).out;
  const std::int64_t width = convolution_axis(c, input[1]).out;
  if (height < 1 || width < 1 ||
      (!c.padding.same && !c.transposed &&
       std::min(input[0], input[1]) + 2 * c.padding.each_side < c.kernel)) {
    refuse(fmt::format("a {0}x{0} kernel over an input of shape {1}", c.kernel, input.to_string()),
           "a kernel that fits into the padded input", "Make the kernel smaller or the padding larger");
  }
  return {height, width, c.channels};
}

std::vector<WeightDeclaration> declare(const Convolution& c, const Shape& input, Initializer initializer) {
  const std::int64_t area = c.kernel * c.kernel;
  Fans fans{input.back() * area, c.channels * area};
  if (c.transposed && initializer == Initializer::pytorch_default) {
    // PyTorch takes the second size of its [in, out, kernel, kernel] weights for the fan-in.
    fans.in = fans.out;
  }
  std::vector<WeightDeclaration> declarations = {{.name = "weight",
                                                  .shape = {c.channels, c.kernel, c.kernel, input.back()},
                                                  .fill = weight_fill(initializer, fans)}};
  if (c.bias) {
    declarations.push_back({.name = "bias", .shape = {c.channels}, .fill = bias_fill(initializer, fans)});
  }
  return declarations;
}

namespace {

ops::ConvolutionCase case_of(const Convolution& c, const TensorRef& src, const TensorRef& dst) {
  const ConvolutionAxis vertical = convolution_axis(c, src.shape[1]);
  const ConvolutionAxis horizontal = convolution_axis(c, src.shape[2]);
  return {.batch = src.shape[0],
          .src_height = src.shape[1],
          .src_width = src.shape[2],
          .src_channels = src.shape[3],
          .dst_height = dst.shape[1],
          .dst_width = dst.shape[2],
          .dst_channels = dst.shape[3],
          .kernel = c.kernel,
          .stride = c.stride,
          .pad_top = vertical.pad_begin,
          .pad_left = horizontal.pad_begin,
          .pad_bottom = vertical.pad_end,
          .pad_right = horizontal.pad_end,
          .transposed = c.transposed,
          .type = src.dtype,
          .dst = dst.dtype};
}

}  // namespace

ConvolutionOp::ConvolutionOp(const Convolution& c, const LayerBinding& binding, const ops::Device& device)
    : binding_(binding),
      bias_(c.bias),
      forward_(device, case_of(c, binding.src, binding.dst), {c.bias, binding.epilogue}) {
  const ops::ConvolutionCase differentials =
      case_of(c, binding.src, binding.diff_dst.data ? binding.diff_dst : binding.dst);
  if (binding.backward_data) {
    backward_data_.emplace(device, differentials);
  }
  if (binding.use->weight_gradients) {
    backward_weights_.emplace(device, differentials);
  }
  if (binding.use->tangent) {
    tangent_.emplace(device, case_of(c, binding.tangent_src, binding.tangent_dst), ops::Epilogue{});
  }
}

void ConvolutionOp::forward(const PassContext&) {
  const float* bias = bias_ ? binding_.parameters[1].values.data() : nullptr;
  forward_.run(binding_.src.data, binding_.parameters[0].compute, bias, binding_.dst.data);
}

void ConvolutionOp::backward_data() {
  backward_data_->run(binding_.diff_dst.data, binding_.parameters[0].compute, binding_.diff_src.data);
}

void ConvolutionOp::backward_weights() {
  backward_weights_->run(binding_.src.data, binding_.diff_dst.data, binding_.parameters[0].gradients.data());
  write_bias_gradient();
}

void ConvolutionOp::contract(std::span<const float> seeds) {
  mix_tangents(seeds, binding_);
  backward_weights_->run(binding_.tangent_src.data, binding_.diff_dst.data,
                         binding_.parameters[0].gradients.data());
  scale_deltas(seeds, binding_);
  write_bias_gradient();
}

void ConvolutionOp::write_bias_gradient() {
  if (bias_) {
    dispatch(binding_.diff_dst.dtype, [&]<class T>(T) {
      ops::column_sum<T>(binding_.diff_dst.as<const T>(), binding_.parameters[1].gradients);
    });
  }
}

void ConvolutionOp::tangent() {
  tangent_->run(binding_.tangent_src.data, binding_.parameters[0].compute, nullptr,
                binding_.tangent_dst.data);
}

}  // namespace ganymede::net
