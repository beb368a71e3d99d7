#include "ops/convolution/phase_convolution.h"

#include <algorithm>
#include <cstring>

#include "ops/convolution/lowered_convolution.h"

namespace ganymede::ops {

namespace {

/// What a phase sees of one axis: the elements first, first + stride, ... of the kernel, the last of which
/// falls on the pixel of src that is `shift` behind the phase's own.
struct Taps {
  std::int64_t first, shift;
};

/// dst pixel (q stride + phase) is fed by src pixel x through kernel element k where
/// q stride + phase + pad = x stride + k.
Taps taps_of(std::int64_t phase, std::int64_t pad, std::int64_t stride) {
  return {(phase + pad) % stride, (phase + pad) / stride};
}

}  // namespace

bool has_phases(const ConvolutionCase& c) {
  return c.transposed && c.stride > 1 && c.kernel % c.stride == 0 && c.dst_height % c.stride == 0 &&
         c.dst_width % c.stride == 0;
}

PhaseMap::PhaseMap(const Device& device, const ConvolutionCase& c, const Epilogue& epilogue,
                   FirstIndex first_index)
    : device_(&device), case_(c), first_index_(first_index) {
  PatchGeometry geometry{.height = c.src_height,
                         .width = c.src_width,
                         .channels = c.src_channels,
                         .grid_height = c.dst_height / c.stride,
                         .grid_width = c.dst_width / c.stride,
                         .kernel = c.kernel / c.stride,
                         .stride = 1};
  const auto element = static_cast<std::int64_t>(size_of(c.type));
  chunk_ = chunk_of(c.batch, geometry.grid_size() * geometry.patch_size() * element);
  const std::int64_t rows = chunk_ * geometry.grid_size();
  std::size_t workspace = 0;
  for (std::int64_t top = 0; top < c.stride; ++top) {
    for (std::int64_t left = 0; left < c.stride; ++left) {
      geometry.pad_top = geometry.kernel - 1 - taps_of(top, c.pad_top, c.stride).shift;
      geometry.pad_left = geometry.kernel - 1 - taps_of(left, c.pad_left, c.stride).shift;
      phases_.push_back(
          {top, left, geometry,
           Matmul(device, {.rows = rows,
                           .inner = geometry.patch_size(),
                           .columns = c.dst_channels,
                           .transpose_weights = first_index == FirstIndex::dst,
                           .pack_weights = true,
                           .slices = false,
                           .src = c.type,
                           .weights = c.type,
                           .dst = c.dst,
                           .epilogue = epilogue}),
           base::Buffer(static_cast<std::size_t>(c.dst_channels * geometry.patch_size() * element))});
      workspace = std::max(workspace, geometry.workspace_bytes());
    }
  }
  columns_ = Scratch(device, static_cast<std::size_t>(rows * geometry.patch_size() * element));
  workspace_ = columns_.behind(workspace);
  pixels_ = workspace_.behind(static_cast<std::size_t>(rows * c.dst_channels) * size_of(c.dst));
}

/// The part of the weights that a phase sees, as a matrix whose rows or columns are patches. A patch goes
/// forward over src and so backward over the kernel.
void PhaseMap::arrange(Phase& phase, const void* weights) const {
  const bool by_dst = first_index_ == FirstIndex::dst;
  const auto element = static_cast<std::int64_t>(size_of(case_.type));
  const std::int64_t outer = by_dst ? case_.dst_channels : case_.src_channels;
  const std::int64_t inner = by_dst ? case_.src_channels : case_.dst_channels;
  const std::int64_t taps = phase.geometry.kernel;
  const std::int64_t first_y = taps_of(phase.top, case_.pad_top, case_.stride).first;
  const std::int64_t first_x = taps_of(phase.left, case_.pad_left, case_.stride).first;
  for (std::int64_t channel = 0; channel < outer; ++channel) {
    for (std::int64_t y = 0; y < taps; ++y) {
      for (std::int64_t x = 0; x < taps; ++x) {
        const std::int64_t ky = first_y + case_.stride * (taps - 1 - y);
        const std::int64_t kx = first_x + case_.stride * (taps - 1 - x);
        const std::int64_t from = ((channel * case_.kernel + ky) * case_.kernel + kx) * inner;
        const std::int64_t place = y * phase.geometry.line_size() + x * case_.src_channels;
        const std::int64_t to =
            by_dst ? channel * phase.geometry.patch_size() + place : (place + channel) * inner;
        std::memcpy(phase.weights.data() + to * element,
                    static_cast<const std::byte*>(weights) + from * element,
                    static_cast<std::size_t>(inner * element));
      }
    }
  }
  phase.packed = phase.matmul.pack(phase.weights.data());
}

/// Puts the pixels of one phase at their places among the others'.
void PhaseMap::interleave(const Phase& phase, std::byte* dst) const {
  const auto pixel = static_cast<std::size_t>(case_.dst_channels) * size_of(case_.dst);
  const PatchGeometry& g = phase.geometry;
  for (std::int64_t row = 0; row < chunk_ * g.grid_height; ++row) {
    const std::byte* from = pixels_.data() + row * g.grid_width * pixel;
    std::byte* to = dst + ((row * case_.stride + phase.top) * case_.dst_width + phase.left) * pixel;
    for (std::int64_t x = 0; x < g.grid_width; ++x, from += pixel, to += case_.stride * pixel) {
      std::memcpy(to, from, pixel);
    }
  }
}

void PhaseMap::run_chunk(std::int64_t chunk, const void* src, const float* bias, void* dst) const {
  const ConvolutionCase& c = case_;
  const std::int64_t src_size = chunk_ * c.src_height * c.src_width * c.src_channels;
  const std::int64_t dst_size = chunk_ * c.dst_height * c.dst_width * c.dst_channels;
  std::byte* target = static_cast<std::byte*>(dst) + chunk * dst_size * size_of(c.dst);
  for (const Phase& phase : phases_) {
    dispatch(c.type, [&]<class T>(T) {
      gather_patches<T>(phase.geometry,
                        {static_cast<const T*>(src) + chunk * src_size, static_cast<std::size_t>(src_size)},
                        workspace_.as<float>(), columns_.as<T>());
    });
    phase.matmul.run(columns_.data(), phase.packed, bias, pixels_.data());
    interleave(phase, target);
  }
}

void PhaseMap::run(const void* src, const void* weights, const float* bias, void* dst) {
  for (Phase& phase : phases_) {
    arrange(phase, weights);
  }
  device_->for_each_part(case_.batch / chunk_, [&](std::int64_t chunk) { run_chunk(chunk, src, bias, dst); });
}

}  // namespace ganymede::ops
