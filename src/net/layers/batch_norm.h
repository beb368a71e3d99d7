#pragma once

#include "net/layer.h"
#include "ops/batch_norm.h"

namespace ganymede::net {

/// Batch normalisation over the last axis, with gamma and beta [channels]. `momentum` is Keras': the share of
/// the running statistic that is kept (PyTorch's momentum is one minus it); the running variance is the
/// biased one.
struct BatchNorm {
  float momentum = 0.99F;
  float epsilon = 1e-3F;

  friend bool operator==(const BatchNorm&, const BatchNorm&) = default;
};

template <class Visitor>
void fields(BatchNorm& batch_norm, Visitor& visit) {
  visit("momentum", batch_norm.momentum);
  visit("epsilon", batch_norm.epsilon);
}

LayerFacts facts(const BatchNorm& batch_norm);
base::Shape output_shape(const BatchNorm& batch_norm, const base::Shape& input);
std::vector<WeightDeclaration> declare(const BatchNorm& batch_norm, const base::Shape& input,
                                       Initializer initializer);
/// The batch's mean and inverse deviation, kept from the forward to the backward pass, and, of a batch in
/// several parts, their sums.
std::size_t scratch_bytes(const BatchNorm& batch_norm, const base::Shape& input, const Use& use);
std::int64_t multiply_adds(const BatchNorm& batch_norm, const LayerShape& place);
void write_onnx(const BatchNorm& batch_norm, const LayerShape& place, OnnxGraph& graph);
void write_c(const BatchNorm& batch_norm, const LayerShape& place, CCode& code);
CSource c_source(const BatchNorm&);

class BatchNormOp {
 public:
  BatchNormOp(const BatchNorm& batch_norm, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void backward_weights() {}  // the pass over the data sums both
  /// The tangent where the statistics are constants; a plan refuses the tangent pass in training.
  void tangent();
  void contract(std::span<const float>) {}  // a plan refuses a penalty

 private:
  LayerBinding binding_;
  BatchNorm batch_norm_;
  ops::PartSums part_sums_;
  std::span<float> mean_, inverse_deviation_;  // [channels]
  std::span<float> sums_;                      // [2, channels], of several parts
  std::vector<float> unused_gradients_;        // [2, channels], for a program without weight gradients
};

}  // namespace ganymede::net
