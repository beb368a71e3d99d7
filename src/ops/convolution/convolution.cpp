#include "ops/convolution/convolution.h"

#include <cassert>
#include <utility>
#include <variant>

#include "ops/convolution/direct_convolution.h"
#include "ops/convolution/lowered_convolution.h"
#include "ops/convolution/phase_convolution.h"
#include "ops/convolution/plane_convolution.h"

namespace ganymede::ops {

namespace {

/// Few channels on the side of the image leave most lanes of oneDNN's kernels empty; a matrix product fills
/// them.
bool is_narrow(const ConvolutionCase& c) {
  constexpr std::int64_t lanes = 16;
  const Lowering l = lower(c);
  return l.geometry.channels < lanes && l.geometry.channels < l.grid_channels;
}

using ForwardMap = std::variant<DirectForward, PlaneToGrid, GridToPlane, ScatterMap, PhaseMap>;
ForwardMap forward_map(const Device& device, const ConvolutionCase& c, const Epilogue& epilogue) {
  if (has_plane(c)) {
    if (lower(c).image_is_dst) {
      return GridToPlane(device, c, c.dst, epilogue);
    }
    if (!epilogue.activation || epilogue.activation->piecewise_linear()) {
      return PlaneToGrid(device, c, c.dst, epilogue);
    }
  }
  if (is_narrow(c) && lower(c).image_is_dst) {
    return ScatterMap(device, c, c.dst, epilogue);
  }
  if (has_phases(c)) {
    return PhaseMap(device, c, epilogue);
  }
  return DirectForward(device, c, epilogue);
}

/// The transposed convolution that takes diff_dst of `c` to its diff_src.
ConvolutionCase mirrored(const ConvolutionCase& c) {
  ConvolutionCase m = c;
  std::swap(m.src_height, m.dst_height);
  std::swap(m.src_width, m.dst_width);
  std::swap(m.src_channels, m.dst_channels);
  m.transposed = !c.transposed;
  m.dst = c.type;
  return m;
}

using BackwardDataMap =
    std::variant<DirectBackwardData, PlaneToGrid, GridToPlane, ScatterMap, GatherMap, PhaseMap>;
BackwardDataMap backward_data_map(const Device& device, const ConvolutionCase& c,
                                  const std::optional<Activation>& activation) {
  assert(!activation || writes_over_src(c));
  if (has_plane(c)) {
    if (lower(c).image_is_dst) {
      return PlaneToGrid(device, c, c.type, {}, activation);
    }
    return GridToPlane(device, c, c.type, {});
  }
  if (!is_narrow(c)) {
    if (const ConvolutionCase m = mirrored(c); has_phases(m)) {
      return PhaseMap(device, m, {}, FirstIndex::src);
    }
    return DirectBackwardData(device, c);
  }
  if (lower(c).image_is_dst) {
    return GatherMap(device, c, activation);
  }
  return ScatterMap(device, c, c.type, {});
}

using BackwardWeightsMap = std::variant<PlaneWeights, WeightsMap>;
BackwardWeightsMap backward_weights_map(const Device& device, const ConvolutionCase& c) {
  if (has_plane(c)) {
    return PlaneWeights(device, c);
  }
  return WeightsMap(device, c);
}

}  // namespace

struct ConvolutionForward::Compiled {
  ForwardMap map;
};

ConvolutionForward::ConvolutionForward(const Device& device, const ConvolutionCase& c,
                                       const Epilogue& epilogue)
    : compiled_(new Compiled{forward_map(device, c, epilogue)}) {}
ConvolutionForward::~ConvolutionForward() = default;
ConvolutionForward::ConvolutionForward(ConvolutionForward&&) noexcept = default;

void ConvolutionForward::run(const void* src, const void* weights, const float* bias, void* dst) const {
  std::visit([&](auto& map) { map.run(src, weights, bias, dst); }, compiled_->map);
}

bool writes_over_src(const ConvolutionCase& c) {
  return (has_plane(c) || is_narrow(c)) && lower(c).image_is_dst;
}

struct ConvolutionBackwardData::Compiled {
  BackwardDataMap map;
};

ConvolutionBackwardData::ConvolutionBackwardData(const Device& device, const ConvolutionCase& c,
                                                 const std::optional<Activation>& activation)
    : compiled_(new Compiled{backward_data_map(device, c, activation)}) {}
ConvolutionBackwardData::~ConvolutionBackwardData() = default;
ConvolutionBackwardData::ConvolutionBackwardData(ConvolutionBackwardData&&) noexcept = default;

void ConvolutionBackwardData::run(const void* diff_dst, const void* weights, void* diff_src) const {
  std::visit([&](auto& map) { map.run(diff_dst, weights, diff_src); }, compiled_->map);
}

struct ConvolutionBackwardWeights::Compiled {
  BackwardWeightsMap map;
  bool image_is_dst;
};

ConvolutionBackwardWeights::ConvolutionBackwardWeights(const Device& device, const ConvolutionCase& c)
    : compiled_(new Compiled{backward_weights_map(device, c), lower(c).image_is_dst}) {}
ConvolutionBackwardWeights::~ConvolutionBackwardWeights() = default;
ConvolutionBackwardWeights::ConvolutionBackwardWeights(ConvolutionBackwardWeights&&) noexcept = default;

void ConvolutionBackwardWeights::run(const void* src, const void* diff_dst, float* diff_weights) const {
  const void* image = compiled_->image_is_dst ? diff_dst : src;
  const void* grid = compiled_->image_is_dst ? src : diff_dst;
  std::visit([&](auto& map) { map.run(image, grid, diff_weights); }, compiled_->map);
}

}  // namespace ganymede::ops
