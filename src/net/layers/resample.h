#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "net/layer.h"
#include "ops/elementwise/resample.h"

namespace ganymede::net {

/// An image enlarged by a whole factor, [height, width, channels] -> [factor height, factor width, channels],
/// as PyTorch's nn.Upsample does it.
struct Upsample {
  enum class Mode {
    nearest,  ///< each pixel becomes a square
    bilinear  ///< interpolated between the pixels' centres (align_corners=False)
  };
  std::int64_t factor = 2;
  Mode mode = Mode::nearest;

  friend bool operator==(const Upsample&, const Upsample&) = default;
};

/// The mean of each square of `factor` by `factor` pixels, as PyTorch's nn.AvgPool2d of that size and stride.
struct AveragePool {
  std::int64_t factor = 2;

  friend bool operator==(const AveragePool&, const AveragePool&) = default;
};

template <class Visitor>
void fields(Upsample& upsample, Visitor& visit) {
  visit("factor", upsample.factor);
  visit("mode", upsample.mode);
}
template <class Visitor>
void fields(AveragePool& pool, Visitor& visit) {
  visit("factor", pool.factor);
}

std::span<const std::pair<std::string_view, Upsample::Mode>> words(Upsample::Mode);

inline LayerFacts facts(const Upsample&) {
  return {"upsample", "UpSampling2D", Family::other, Memory::own, Response::piecewise_linear, Order::mixed};
}

base::Shape output_shape(const Upsample& upsample, const base::Shape& input);
void write_onnx(const Upsample& upsample, const LayerShape& place, OnnxGraph& graph);
void write_c(const Upsample& upsample, const LayerShape& place, CCode& code);
CSource c_source(const Upsample&);

inline LayerFacts facts(const AveragePool&) {
  return {"avg_pool",  "AveragePooling2D",         Family::other,
          Memory::own, Response::piecewise_linear, Order::mixed};
}

base::Shape output_shape(const AveragePool& pool, const base::Shape& input);
void write_onnx(const AveragePool& pool, const LayerShape& place, OnnxGraph& graph);
void write_c(const AveragePool& pool, const LayerShape& place, CCode& code);
CSource c_source(const AveragePool&);

/// Both are linear, so that the tangent pass is the forward pass and the backward pass its transpose.
class ResampleOp {
 public:
  ResampleOp(const Upsample& upsample, const LayerBinding& binding, const ops::Device& device);
  ResampleOp(const AveragePool& pool, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void tangent();

 private:
  ResampleOp(const LayerBinding& binding, ops::ImageMap map);
  static void run(const ops::ImageMap& map, const TensorRef& src, const TensorRef& dst);

  LayerBinding binding_;
  ops::ImageMap map_, transposed_;
};

}  // namespace ganymede::net
