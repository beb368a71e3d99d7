#include "ops/direct_convolution.h"

#include <type_traits>

namespace ganymede::ops {

namespace {

using dnnl::memory;
using Format = memory::format_tag;

/// The case in oneDNN's terms. Weights are taken in the order that oneDNN prefers ("any") and reordered from
/// ours.
struct Descriptions {
  explicit Descriptions(const ConvolutionCase& c)
      : src({c.batch, c.src_channels, c.src_height, c.src_width}, onednn_type(c.type), Format::nhwc),
        dst({c.batch, c.dst_channels, c.dst_height, c.dst_width}, onednn_type(c.dst), Format::nhwc),
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

}  // namespace

DirectForward::DirectForward(const Device& device, const ConvolutionCase& convolution,
                             const Epilogue& epilogue)
    : bias_(epilogue.bias) {
  const Descriptions d(convolution);
  choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const auto description = Chosen::forward(device, d, d.dst, epilogue);
    const typename Chosen::Forward primitive(description);
    const auto weights = description.weights_desc();
    kernel_ = bias_ ? Kernel(device, primitive,
                             {{DNNL_ARG_SRC, d.src},
                              {DNNL_ARG_WEIGHTS, weights},
                              {DNNL_ARG_BIAS, d.bias},
                              {DNNL_ARG_DST, d.dst}})
                    : Kernel(device, primitive,
                             {{DNNL_ARG_SRC, d.src}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, d.dst}});
    reorder_ = WeightsReorder(device, d.weights, weights);
  });
}

void DirectForward::run(const void* src, const void* weights, const float* bias, void* dst) {
  const void* ordered = reorder_(weights);
  if (bias_) {
    kernel_.run({src, ordered, bias, dst});
  } else {
    kernel_.run({src, ordered, dst});
  }
}

DirectBackwardData::DirectBackwardData(const Device& device, const ConvolutionCase& convolution) {
  const Descriptions d(convolution);
  choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const typename Chosen::BackwardData::primitive_desc description(
        device.handles().engine, Chosen::direct, d.src, d.any_weights, d.diff_dst, d.strides, d.pad_begin,
        d.pad_end, Chosen::forward(device, d, d.diff_dst, {}));
    const auto weights = description.weights_desc();
    kernel_ =
        Kernel(device, typename Chosen::BackwardData(description),
               {{DNNL_ARG_DIFF_DST, d.diff_dst}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DIFF_SRC, d.src}});
    reorder_ = WeightsReorder(device, d.weights, weights);
  });
}

void DirectBackwardData::run(const void* diff_dst, const void* weights, void* diff_src) {
  kernel_.run({diff_dst, reorder_(weights), diff_src});
}

}  // namespace ganymede::ops
