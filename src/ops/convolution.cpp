#include "ops/convolution.h"

#include <type_traits>

#include "ops/onednn.h"

namespace ganymede::ops {

namespace {

using dnnl::memory;
using Format = memory::format_tag;

/// The case in oneDNN's terms. Weights are taken in the order that oneDNN prefers ("any") and reordered from
/// and to ours.
struct Descriptions {
  explicit Descriptions(const ConvolutionCase& c)
      : src({c.batch, c.src_channels, c.src_height, c.src_width}, onednn_type(c.type), Format::nhwc),
        dst({c.batch, c.dst_channels, c.dst_height, c.dst_width}, onednn_type(c.dst), Format::nhwc),
        diff_dst(dst.get_dims(), onednn_type(c.type), Format::nhwc),
        weights({c.dst_channels, c.src_channels, c.kernel, c.kernel}, onednn_type(c.type), Format::ohwi),
        diff_weights(weights.get_dims(), memory::data_type::f32, Format::ohwi),
        bias({c.dst_channels}, memory::data_type::f32, Format::a),
        strides{c.stride, c.stride},
        pad_begin{c.pad_top, c.pad_left},
        pad_end{c.pad_bottom, c.pad_right} {}

  memory::desc any_weights() const { return {weights.get_dims(), weights.get_data_type(), Format::any}; }
  memory::desc any_diff_weights() const { return {weights.get_dims(), memory::data_type::f32, Format::any}; }

  memory::desc src, dst, diff_dst, weights, diff_weights, bias;
  memory::dims strides, pad_begin, pad_end;
};

template <bool transposed>
struct Primitives {
  using Forward = std::conditional_t<transposed, dnnl::deconvolution_forward, dnnl::convolution_forward>;
  using BackwardData =
      std::conditional_t<transposed, dnnl::deconvolution_backward_data, dnnl::convolution_backward_data>;
  using BackwardWeights = std::conditional_t<transposed, dnnl::deconvolution_backward_weights,
                                             dnnl::convolution_backward_weights>;
  static constexpr dnnl::algorithm direct =
      transposed ? dnnl::algorithm::deconvolution_direct : dnnl::algorithm::convolution_direct;

  static typename Forward::primitive_desc forward(const Device& device, const Descriptions& d,
                                                  const Epilogue& epilogue) {
    return {device.handles().engine,
            dnnl::prop_kind::forward_training,
            direct,
            d.src,
            d.any_weights(),
            epilogue.bias ? d.bias : memory::desc(),
            d.dst,
            d.strides,
            d.pad_begin,
            d.pad_end,
            attributes(epilogue, false)};
  }
};

/// Calls `build` with the primitives of a plain or of a transposed convolution.
template <class Build>
auto choose(const ConvolutionCase& c, const Build& build) {
  return c.transposed ? build(Primitives<true>{}) : build(Primitives<false>{});
}

/// Moves weights between our order and the one that a kernel chose; does nothing where they are the same.
class WeightsReorder {
 public:
  WeightsReorder(const Device& device, const memory::desc& from, const memory::desc& to,
                 const memory::desc& chosen)
      : needed_(from != to) {
    if (needed_) {
      const dnnl::reorder::primitive_desc description(device.handles().engine, from, device.handles().engine,
                                                      to);
      kernel_ = Kernel(device, dnnl::reorder(description), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
      memory_ = base::Buffer(chosen.get_size());
    }
  }

  /// The weights in the order that the kernel reads.
  const void* before(const void* weights) {
    if (!needed_) {
      return weights;
    }
    kernel_.run({weights, memory_.data()});
    return memory_.data();
  }

  /// Where the kernel should write, given where the caller wants the weights.
  void* target(void* weights) { return needed_ ? memory_.data() : weights; }
  void after(void* weights) {
    if (needed_) {
      kernel_.run({memory_.data(), weights});
    }
  }

 private:
  bool needed_;
  Kernel kernel_;
  base::Buffer memory_;
};

}  // namespace

struct ConvolutionForward::Compiled {
  Kernel kernel;
  WeightsReorder reorder;
  bool bias;
};

ConvolutionForward::ConvolutionForward(const Device& device, const ConvolutionCase& convolution,
                                       const Epilogue& epilogue) {
  const Descriptions d(convolution);
  compiled_ = choose(convolution, [&](auto primitives) {
    const auto description = decltype(primitives)::forward(device, d, epilogue);
    const auto chosen = description.weights_desc();
    const typename decltype(primitives)::Forward primitive(description);
    Kernel kernel = epilogue.bias
                        ? Kernel(device, primitive,
                                 {{DNNL_ARG_SRC, d.src},
                                  {DNNL_ARG_WEIGHTS, chosen},
                                  {DNNL_ARG_BIAS, d.bias},
                                  {DNNL_ARG_DST, d.dst}})
                        : Kernel(device, primitive,
                                 {{DNNL_ARG_SRC, d.src}, {DNNL_ARG_WEIGHTS, chosen}, {DNNL_ARG_DST, d.dst}});
    return std::make_unique<Compiled>(
        Compiled{std::move(kernel), WeightsReorder(device, d.weights, chosen, chosen), epilogue.bias});
  });
}
ConvolutionForward::~ConvolutionForward() = default;
ConvolutionForward::ConvolutionForward(ConvolutionForward&&) noexcept = default;

void ConvolutionForward::run(const void* src, const void* weights, const float* bias, void* dst) const {
  const void* ordered = compiled_->reorder.before(weights);
  if (compiled_->bias) {
    compiled_->kernel.run({src, ordered, bias, dst});
  } else {
    compiled_->kernel.run({src, ordered, dst});
  }
}

struct ConvolutionBackwardData::Compiled {
  Kernel kernel;
  WeightsReorder reorder;
};

ConvolutionBackwardData::ConvolutionBackwardData(const Device& device, const ConvolutionCase& convolution) {
  ConvolutionCase differentials = convolution;
  differentials.dst = convolution.type;
  const Descriptions d(differentials);
  compiled_ = choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const typename Chosen::BackwardData::primitive_desc description(
        device.handles().engine, Chosen::direct, d.src, d.any_weights(), d.diff_dst, d.strides, d.pad_begin,
        d.pad_end, Chosen::forward(device, d, {}));
    const auto chosen = description.weights_desc();
    return std::make_unique<Compiled>(Compiled{
        Kernel(device, typename Chosen::BackwardData(description),
               {{DNNL_ARG_DIFF_DST, d.diff_dst}, {DNNL_ARG_WEIGHTS, chosen}, {DNNL_ARG_DIFF_SRC, d.src}}),
        WeightsReorder(device, d.weights, chosen, chosen)});
  });
}
ConvolutionBackwardData::~ConvolutionBackwardData() = default;
ConvolutionBackwardData::ConvolutionBackwardData(ConvolutionBackwardData&&) noexcept = default;

void ConvolutionBackwardData::run(const void* diff_dst, const void* weights, void* diff_src) const {
  compiled_->kernel.run({diff_dst, compiled_->reorder.before(weights), diff_src});
}

struct ConvolutionBackwardWeights::Compiled {
  Kernel kernel;
  WeightsReorder reorder;
};

ConvolutionBackwardWeights::ConvolutionBackwardWeights(const Device& device,
                                                       const ConvolutionCase& convolution) {
  ConvolutionCase differentials = convolution;
  differentials.dst = convolution.type;
  const Descriptions d(differentials);
  compiled_ = choose(convolution, [&](auto primitives) {
    using Chosen = decltype(primitives);
    const typename Chosen::BackwardWeights::primitive_desc description(
        device.handles().engine, Chosen::direct, d.src, d.any_diff_weights(), d.diff_dst, d.strides,
        d.pad_begin, d.pad_end, Chosen::forward(device, d, {}));
    const auto chosen = description.diff_weights_desc();
    return std::make_unique<Compiled>(Compiled{
        Kernel(device, typename Chosen::BackwardWeights(description),
               {{DNNL_ARG_SRC, d.src}, {DNNL_ARG_DIFF_DST, d.diff_dst}, {DNNL_ARG_DIFF_WEIGHTS, chosen}}),
        WeightsReorder(device, chosen, d.diff_weights, chosen)});
  });
}
ConvolutionBackwardWeights::~ConvolutionBackwardWeights() = default;
ConvolutionBackwardWeights::ConvolutionBackwardWeights(ConvolutionBackwardWeights&&) noexcept = default;

void ConvolutionBackwardWeights::run(const void* src, const void* diff_dst, float* diff_weights) const {
  compiled_->kernel.run({src, diff_dst, compiled_->reorder.target(diff_weights)});
  compiled_->reorder.after(diff_weights);
}

}  // namespace ganymede::ops
