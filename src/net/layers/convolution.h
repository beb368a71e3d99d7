#pragma once

#include <optional>

#include "net/layer.h"
#include "ops/convolution/convolution.h"

namespace ganymede::net {

/// How much is added around an image: Keras' "same" (the output is the input divided by the stride, rounded
/// up, an odd remainder going behind) or a number of pixels on each side, as in PyTorch.
struct Padding {
  bool same = true;
  std::int64_t each_side = 0;

  friend bool operator==(const Padding&, const Padding&) = default;
};

/// src [batch, height, width, channels in] -> dst [batch, height out, width out, channels], with weight
/// [channels, kernel, kernel, channels in] and bias [channels]; transposed: the transposed convolution
/// ("conv_transpose").
struct Convolution {
  bool transposed = false;
  std::int64_t channels = 1;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  Padding padding;
  bool bias = true;

  friend bool operator==(const Convolution&, const Convolution&) = default;
};

template <class Visitor>
void fields(Convolution& convolution, Visitor& visit) {
  visit.required("channels", convolution.channels);
  visit.required("kernel", convolution.kernel);
  visit("stride", convolution.stride);
  visit("padding", convolution.padding);
  visit("bias", convolution.bias);
}

/// One axis of a convolution: the size of its output and what is added before and behind its input. A
/// transposed convolution is the gradient of the convolution that leads from its output to its input, which
/// has the same padding.
struct ConvolutionAxis {
  std::int64_t out = 1, pad_begin = 0, pad_end = 0;
};
ConvolutionAxis convolution_axis(const Convolution& convolution, std::int64_t in);

/// "conv" and "conv_transpose".
std::vector<Convolution> forms(const Convolution& convolution);
LayerFacts facts(const Convolution& convolution);
base::Shape output_shape(const Convolution& convolution, const base::Shape& input);
std::vector<WeightDeclaration> declare(const Convolution& convolution, const base::Shape& input,
                                       Initializer initializer);
std::int64_t multiply_adds(const Convolution& convolution, const LayerShape& place);
bool writes_over_src(const Convolution& convolution, const base::Shape& input, const Use& use);
void write_onnx(const Convolution& convolution, const LayerShape& place, OnnxGraph& graph);
void write_c(const Convolution& convolution, const LayerShape& place, CCode& code);
CSource c_source(const Convolution&);

class ConvolutionOp {
 public:
  ConvolutionOp(const Convolution& convolution, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void backward_weights();
  void tangent();
  void contract(std::span<const float> seeds);

 private:
  LayerBinding binding_;
  ops::ConvolutionForward forward_;
  std::optional<ops::ConvolutionBackwardData> backward_data_;
  std::optional<ops::ConvolutionBackwardWeights> backward_weights_;
  std::optional<ops::ConvolutionForward> tangent_;
};

}  // namespace ganymede::net
