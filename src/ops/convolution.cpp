#include "ops/convolution.h"

#include <variant>

#include "ops/direct_convolution.h"
#include "ops/lowered_convolution.h"

namespace ganymede::ops {

namespace {

/// A convolution to few channels leaves most lanes of oneDNN's kernels empty; as a product of matrices it
/// fills them.
bool is_narrow(const ConvolutionCase& c) {
  constexpr std::int64_t lanes = 16;
  return !c.transposed && c.stride == 1 && c.dst_channels < lanes && c.dst_channels < c.src_channels;
}

}  // namespace

struct ConvolutionForward::Compiled {
  std::variant<DirectForward, ScatterMap> map;
};

ConvolutionForward::ConvolutionForward(const Device& device, const ConvolutionCase& c,
                                       const Epilogue& epilogue)
    : compiled_(is_narrow(c) ? new Compiled{ScatterMap(device, c, c.dst, epilogue)}
                             : new Compiled{DirectForward(device, c, epilogue)}) {}
ConvolutionForward::~ConvolutionForward() = default;
ConvolutionForward::ConvolutionForward(ConvolutionForward&&) noexcept = default;

void ConvolutionForward::run(const void* src, const void* weights, const float* bias, void* dst) const {
  std::visit([&](auto& map) { map.run(src, weights, bias, dst); }, compiled_->map);
}

struct ConvolutionBackwardData::Compiled {
  std::variant<DirectBackwardData, GatherMap> map;

  void run(const void* diff_dst, const void* weights, void* diff_src) {
    if (auto* direct = std::get_if<DirectBackwardData>(&map)) {
      direct->run(diff_dst, weights, diff_src);
    } else {
      std::get<GatherMap>(map).run(diff_dst, weights, nullptr, diff_src);
    }
  }
};

ConvolutionBackwardData::ConvolutionBackwardData(const Device& device, const ConvolutionCase& c)
    : compiled_(is_narrow(c) ? new Compiled{GatherMap(device, c, c.type, {})}
                             : new Compiled{DirectBackwardData(device, c)}) {}
ConvolutionBackwardData::~ConvolutionBackwardData() = default;
ConvolutionBackwardData::ConvolutionBackwardData(ConvolutionBackwardData&&) noexcept = default;

void ConvolutionBackwardData::run(const void* diff_dst, const void* weights, void* diff_src) const {
  compiled_->run(diff_dst, weights, diff_src);
}

struct ConvolutionBackwardWeights::Compiled {
  WeightsMap map;
  bool image_is_dst;
};

ConvolutionBackwardWeights::ConvolutionBackwardWeights(const Device& device, const ConvolutionCase& c)
    : compiled_(new Compiled{WeightsMap(device, c), lower(c).image_is_dst}) {}
ConvolutionBackwardWeights::~ConvolutionBackwardWeights() = default;
ConvolutionBackwardWeights::ConvolutionBackwardWeights(ConvolutionBackwardWeights&&) noexcept = default;

void ConvolutionBackwardWeights::run(const void* src, const void* diff_dst, float* diff_weights) const {
  if (compiled_->image_is_dst) {
    compiled_->map.run(diff_dst, src, diff_weights);
  } else {
    compiled_->map.run(src, diff_dst, diff_weights);
  }
}

}  // namespace ganymede::ops
