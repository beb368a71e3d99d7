#include "net/layers/convolution.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/refusal.h"
#include "net/contraction.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"
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

constexpr base::Refusal refuse{base::ErrorKind::configuration};

}  // namespace

std::vector<Convolution> forms(const Convolution&) {
  return {{}, {.transposed = true, .padding = {}}};
}

LayerFacts facts(const Convolution& c) {
  return {c.transposed ? "conv_transpose" : "conv",
          c.transposed ? "Conv2DTranspose" : "Conv2D",
          c.transposed ? Family::transposed_convolution : Family::convolution,
          Memory::product,
          Response::piecewise_linear,
          Order::mixed};
}

Shape output_shape(const Convolution& c, const Shape& input) {
  constexpr std::int64_t largest = 4096;
  if (input.rank() != 3) {
    refuse("convolution", "an input of shape " + input.to_string(), "[height, width, channels]",
           "Put a reshape layer before it");
  }
  if (std::min({c.channels, c.kernel, c.stride}) < 1 ||
      std::max({c.channels, c.kernel, c.stride}) > largest || c.padding.each_side < 0 ||
      c.padding.each_side >= c.kernel) {
    refuse("convolution",
           fmt::format("channels {}, kernel {}, stride {}, padding {}", c.channels, c.kernel, c.stride,
                       c.padding.each_side),
           fmt::format("sizes from 1 to {} and a padding below the kernel's size", largest),
           "Correct the layer");
  }
  const std::int64_t height = convolution_axis(c, input[0]).out;
  const std::int64_t width = convolution_axis(c, input[1]).out;
  if (height < 1 || width < 1 ||
      (!c.padding.same && !c.transposed &&
       std::min(input[0], input[1]) + 2 * c.padding.each_side < c.kernel)) {
    refuse("convolution",
           fmt::format("a {0}x{0} kernel over an input of shape {1}", c.kernel, input.to_string()),
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
  const std::vector<WeightAxis> out_first = {{0}, {3}, {1}, {2}};
  const std::vector<WeightAxis> in_first = {{3}, {0}, {1}, {2}};
  std::vector<WeightDeclaration> declarations = {{.name = "weight",
                                                  .shape = {c.channels, c.kernel, c.kernel, input.back()},
                                                  .fill = weight_fill(initializer, fans),
                                                  .axes = c.transposed ? in_first : out_first}};
  if (c.bias) {
    declarations.push_back(
        {.name = "bias", .shape = {c.channels}, .fill = bias_fill(initializer, fans), .axes = {{0}}});
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

bool writes_over_src(const Convolution& c, const Shape& input, const Use& use) {
  return ops::writes_over_src(
      case_of(c, {nullptr, use.precision, input.with_leading(use.batch)},
              {nullptr, use.precision, output_shape(c, input).with_leading(use.batch)}));
}

ConvolutionOp::ConvolutionOp(const Convolution& c, const LayerBinding& binding, const ops::Device& device)
    : binding_(binding), forward_(device, case_of(c, binding.src, binding.dst), {c.bias, binding.epilogue}) {
  const ops::ConvolutionCase differentials =
      case_of(c, binding.src, binding.diff_dst.data ? binding.diff_dst : binding.dst);
  if (binding.backward_data) {
    backward_data_.emplace(device, differentials, binding.derivative);
  }
  if (binding.use->weight_gradients) {
    backward_weights_.emplace(device, differentials);
  }
  if (binding.use->tangent) {
    tangent_.emplace(device, case_of(c, binding.tangent_src, binding.tangent_dst), ops::Epilogue{});
  }
}

void ConvolutionOp::forward(const PassContext&) {
  forward_.run(binding_.src.data, binding_.parameters[0].compute, bias_of(binding_), binding_.dst.data);
}

void ConvolutionOp::backward_data() {
  backward_data_->run(binding_.diff_dst.data, binding_.parameters[0].compute, binding_.diff_src.data);
}

void ConvolutionOp::backward_weights() {
  backward_weights_->run(binding_.src.data, binding_.diff_dst.data, binding_.parameters[0].gradients.data());
  write_bias_gradient(binding_);
}

void ConvolutionOp::contract(std::span<const float> seeds) {
  mix_tangents(seeds, binding_);
  backward_weights_->run(binding_.tangent_src.data, binding_.diff_dst.data,
                         binding_.parameters[0].gradients.data());
  scale_deltas(seeds, binding_);
  write_bias_gradient(binding_);
}

void ConvolutionOp::tangent() {
  tangent_->run(binding_.tangent_src.data, binding_.parameters[0].compute, nullptr,
                binding_.tangent_dst.data);
}

std::int64_t multiply_adds(const Convolution& c, const LayerShape& place) {
  // Each pixel of the smaller side meets the whole kernel, once for every channel of the other side.
  const std::int64_t area = c.kernel * c.kernel;
  return c.transposed ? place.input.elements() * area * place.output.back()
                      : place.output.elements() * area * place.input.back();
}

void write_onnx(const Convolution& c, const LayerShape& place, OnnxGraph& graph) {
  const ConvolutionAxis vertical = convolution_axis(c, place.input[0]);
  const ConvolutionAxis horizontal = convolution_axis(c, place.input[1]);
  OnnxNode node{c.transposed ? "ConvTranspose" : "Conv",
                place.name,
                graph.with_weights(place, c.bias),
                {{"kernel_shape", std::vector{c.kernel, c.kernel}},
                 {"strides", std::vector{c.stride, c.stride}},
                 {"pads", std::vector{vertical.pad_begin, horizontal.pad_begin, vertical.pad_end,
                                      horizontal.pad_end}}}};
  if (c.transposed) {
    // How much longer the output is than the kernel reaches: a stride beyond the kernel's size.
    const auto beyond = [&](const ConvolutionAxis& axis, std::int64_t in) {
      return axis.out + axis.pad_begin + axis.pad_end - (in - 1) * c.stride - c.kernel;
    };
    node.attributes.push_back({"output_padding", std::vector{beyond(vertical, place.input[0]),
                                                             beyond(horizontal, place.input[1])}});
  }
  graph.add(std::move(node));
}

void write_c(const Convolution& c, const LayerShape& place, CCode& code) {
  const Shape& in = place.input;
  const Shape& out = place.output;
  const std::string weight = code.weight(place.part("weight"));
  const std::string bias = code.weight(place.part("bias"), c.bias);
  const std::string geometry =
      code.constant("ganymede_convolution", place.part("geometry"),
                    fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}}", in[0], in[1], in[2], out[0],
                                out[1], out[2], c.kernel, c.stride, convolution_axis(c, in[0]).pad_begin,
                                convolution_axis(c, in[1]).pad_begin));
  code.line(fmt::format("ganymede_{}({}, {}, {}, &{}, {});", c.transposed ? "conv_transpose" : "conv",
                        code.here(), weight, bias, geometry, code.there()));
  code.turn();
}

CSource c_source(const Convolution&) {
  return {.types = R"c(
typedef struct {
  int height, width, channels;              // of src
  int out_height, out_width, out_channels;  // of dst
  int kernel, stride, pad_top, pad_left;
} ganymede_convolution;
)c",
          .functions = R"c(
// weight [out_channels, kernel, kernel, channels]; src and dst [height, width, channels]
static inline void ganymede_conv(const float *src, const float *weight, const float *bias,
                                 const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int left = n / c->out_channels % c->out_width * c->stride - c->pad_left;
    const int top = n / c->out_channels / c->out_width * c->stride - c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = 0; y < c->kernel; ++y) {
      for (int x = 0; x < c->kernel; ++x) {
        if (top + y >= 0 && top + y < c->height && left + x >= 0 && left + x < c->width) {
          const float *pixel = src + ((top + y) * c->width + left + x) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}

// the transposed convolution: pixel (y, x) of src adds to pixels (y stride - pad + k) of dst
static inline void ganymede_conv_transpose(const float *src, const float *weight, const float *bias,
                                           const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int right = n / c->out_channels % c->out_width + c->pad_left;
    const int bottom = n / c->out_channels / c->out_width + c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = bottom % c->stride; y < c->kernel && y <= bottom; y += c->stride) {
      for (int x = right % c->stride; x < c->kernel && x <= right; x += c->stride) {
        const int row = (bottom - y) / c->stride;
        const int column = (right - x) / c->stride;
        if (row < c->height && column < c->width) {
          const float *pixel = src + (row * c->width + column) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}
)c"};
}

}  // namespace ganymede::net
