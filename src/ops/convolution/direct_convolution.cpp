#include "ops/convolution/direct_convolution.h"

#include <algorithm>
#include <type_traits>

namespace ganymede::ops {

namespace {

using dnnl::memory;
using Format = memory::format_tag;

/// A slice of the case in oneDNN's terms. Weights are taken in the order that oneDNN prefers ("any") and
/// reordered from ours.
struct Descriptions {
  Descriptions(const ConvolutionCase& c, const BatchSlices& slices)
      : src({c.batch / slices.count, c.src_channels, c.src_height, c.src_width}, onednn_type(c.type),
            Format::nhwc),
        dst({c.batch / slices.count, c.dst_channels, c.dst_height, c.dst_width}, onednn_type(c.dst),
            Format::nhwc),
        diff_dst(dst.get_dims(), onednn_type(c.type), Format::nhwc),
        weights({c.dst_channels, c.src_channels, c.kernel, c.kernel}, onednn_type(c.type), Format::ohwi),
        any_weights(weights.get_dims(), onednn_type(c.type), Format::any),
        bias({c.dst_channels}, memory::data_type::f32, Format::a),
        strides{c.stride, c.stride},
        pad_begin{c.pad_top, c.pad_left},
        pad_end{c.pad_bottom, c.pad_right} {}

  memory::desc src, dst, diff_dst, weights, any_weights, bias;
  memory::dims strides, pad_begin, pad_end;
};

template <bool transposed>
struct Primitives {
  using Forward = std::conditional_t<transposed, dnnl::deconvolution_forward, dnnl::convolution_forward>;
  using BackwardData =
      std::conditional_t<transposed, dnnl::deconvolution_backward_data, dnnl::convolution_backward_data>;
  static constexpr dnnl::algorithm direct =
      transposed ? dnnl::algorithm::deconvolution_direct : dnnl::algorithm::convolution_direct;

  static typename Forward::primitive_desc forward(const Device& device, const Descriptions& d,
                                                  const memory::desc& dst, const Epilogue& epilogue) {
    return {device.handles().engine,
            dnnl::prop_kind::forward_training,
            direct,
            d.src,
            d.any_weights,
            epilogue.bias ? d.bias : memory::desc(),
            dst,
            d.strides,
            d.pad_begin,
            d.pad_end,
            attributes(epilogue, false)};
  }
};

/// Calls `build` with the primitives of a plain or of a transposed convolution.
template <class Build>
void choose(const ConvolutionCase& c, const Build& build) {
  if (c.transposed) {
    build(Primitives<true>{});
  } else {
    build(Primitives<false>{});
  }
}

const std::byte* slice(const void* tensor, std::int64_t bytes, std::int64_t number) {
  return static_cast<const std::byte*>(tensor) + bytes * number;
}

}  // namespace

BatchSlices::BatchSlices(const ConvolutionCase& c) {
  constexpr std::int64_t multiply_adds_a_slice = std::int64_t{1} << 23;
  constexpr std::int64_t most = 16;
  const std::int64_t grid = c.transposed ? c.src_height * c.src_width : c.dst_height * c.dst_width;
  const std::int64_t multiply_adds = c.batch * grid * c.src_channels * c.dst_channels * c.kernel * c.kernel;
  count = std::clamp<std::int64_t>(multiply_adds / multiply_adds_a_slice, 1, std::min(most, c.batch));
  while (c.batch % count != 0) {
    --count;
  }
  const auto images = c.batch / count;
  src_bytes =
      images * c.src_height * c.src_width * c.src_channels * static_cast<std::int64_t>(size_of(c.type));
  const std::int64_t dst_elements = images * c.dst_height * c.dst_width * c.dst_channels;
  dst_bytes = dst_elements * static_cast<std::int64_t>(size_of(c.dst));
  diff_dst_bytes = dst_elements * static_cast<std::int64_t>(size_of(c.type));
}

DirectForward::DirectForward(const Device& device, const ConvolutionCase& convolution,
                             const Epilogue& epilogue)
    : device_(&device), slices_(convolution), bias_(epilogue.bias) {
  const OneThread one_thread;
  const Descriptions d(convolution, slices_);
  choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const auto description = Chosen::forward(device, d, d.dst, epilogue);
    const auto weights = description.weights_desc();
    std::vector<Kernel::Argument> arguments = {{DNNL_ARG_SRC, d.src}, {DNNL_ARG_WEIGHTS, weights}};
    if (bias_) {
      arguments.emplace_back(DNNL_ARG_BIAS, d.bias);
    }
    arguments.emplace_back(DNNL_ARG_DST, d.dst);
    kernel_ = Kernel::compile<typename Chosen::Forward>(device, description, arguments);
    reorder_ = WeightsReorder(device, d.weights, weights);
  });
}

void DirectForward::run(const void* src, const void* weights, const float* bias, void* dst) {
  const void* ordered = reorder_(weights);
  device_->for_each_part(slices_.count, [&](std::int64_t number) {
    const void* from = slice(src, slices_.src_bytes, number);
    const void* to = slice(dst, slices_.dst_bytes, number);
    if (bias_) {
      kernel_.run({from, ordered, bias, to});
    } else {
      kernel_.run({from, ordered, to});
    }
  });
}

DirectBackwardData::DirectBackwardData(const Device& device, const ConvolutionCase& convolution)
    : device_(&device), slices_(convolution) {
  const OneThread one_thread;
  const Descriptions d(convolution, slices_);
  choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const typename Chosen::BackwardData::primitive_desc description(
        device.handles().engine, Chosen::direct, d.src, d.any_weights, d.diff_dst, d.strides, d.pad_begin,
        d.pad_end, Chosen::forward(device, d, d.diff_dst, {}), attributes());
    const auto weights = description.weights_desc();
    kernel_ = Kernel::compile<typename Chosen::BackwardData>(
        device, description,
        {{DNNL_ARG_DIFF_DST, d.diff_dst}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DIFF_SRC, d.src}});
    reorder_ = WeightsReorder(device, d.weights, weights);
  });
}

void DirectBackwardData::run(const void* diff_dst, const void* weights, void* diff_src) {
  const void* ordered = reorder_(weights);
  device_->for_each_part(slices_.count, [&](std::int64_t number) {
    kernel_.run({slice(diff_dst, slices_.diff_dst_bytes, number), ordered,
                 slice(diff_src, slices_.src_bytes, number)});
  });
}

}  // namespace ganymede::ops
