#include "ops/lowered_convolution.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"

namespace ganymede::ops {

using base::DType;

namespace {

/// The columns of a chunk: small beside a third-level cache, large beside the cost of starting a product.
constexpr std::int64_t chunk_elements = std::int64_t{1} << 21;

std::int64_t divisor_at_most(std::int64_t number, std::int64_t most) {
  std::int64_t divisor = std::clamp<std::int64_t>(most, 1, number);
  while (number % divisor != 0) {
    --divisor;
  }
  return divisor;
}

const std::byte* at(const void* tensor, std::int64_t element, DType type) {
  return static_cast<const std::byte*>(tensor) + element * static_cast<std::int64_t>(size_of(type));
}
std::byte* at(void* tensor, std::int64_t element, DType type) {
  return static_cast<std::byte*>(tensor) + element * static_cast<std::int64_t>(size_of(type));
}

/// The columns of chunk number `chunk`.
void gather_chunk(const Lowering& l, DType type, const void* images, std::int64_t chunk,
                  base::Buffer& columns) {
  const std::int64_t size = l.chunk * l.geometry.image_size();
  dispatch(type, [&]<class T>(T) {
    gather_patches<T>(
        l.geometry,
        {reinterpret_cast<const T*>(at(images, chunk * size, type)), static_cast<std::size_t>(size)},
        columns.as<T>());
  });
}

std::int64_t column_elements(const Lowering& l) {
  return l.rows() * l.geometry.patch_size();
}

}  // namespace

Lowering lower(const ConvolutionCase& c) {
  const bool turned = !c.transposed && c.stride == 1 && c.dst_channels < c.src_channels;
  Lowering l;
  l.image_is_dst = c.transposed || turned;
  l.turned = turned;
  if (l.image_is_dst) {
    l.geometry = {.height = c.dst_height,
                  .width = c.dst_width,
                  .channels = c.dst_channels,
                  .grid_height = c.src_height,
                  .grid_width = c.src_width,
                  .kernel = c.kernel,
                  .stride = c.stride,
                  .pad_top = turned ? c.kernel - 1 - c.pad_top : c.pad_top,
                  .pad_left = turned ? c.kernel - 1 - c.pad_left : c.pad_left};
    l.grid_channels = c.src_channels;
  } else {
    l.geometry = {.height = c.src_height,
                  .width = c.src_width,
                  .channels = c.src_channels,
                  .grid_height = c.dst_height,
                  .grid_width = c.dst_width,
                  .kernel = c.kernel,
                  .stride = c.stride,
                  .pad_top = c.pad_top,
                  .pad_left = c.pad_left};
    l.grid_channels = c.dst_channels;
  }
  l.chunk = divisor_at_most(c.batch, chunk_elements / (l.geometry.grid_size() * l.geometry.patch_size()));
  l.chunks = c.batch / l.chunk;
  return l;
}

WeightsMatrix::WeightsMatrix(const Lowering& lowering, DType type) : lowering_(lowering), type_(type) {
  if (lowering.image_is_dst) {
    memory_ = base::Buffer(static_cast<std::size_t>(lowering.geometry.patch_size() * lowering.grid_channels) *
                           size_of(type));
  }
}

namespace {

/// Calls `move(row of weights, row of matrix)` for the rows of grid_channels elements: element (channel, k)
/// of the weights is row (k, channel) of the matrix, or (last - k, channel) where the kernel is turned.
template <class Move>
void for_each_row(const Lowering& l, const Move& move) {
  const std::int64_t area = l.geometry.kernel * l.geometry.kernel;
  for (std::int64_t channel = 0; channel < l.geometry.channels; ++channel) {
    for (std::int64_t k = 0; k < area; ++k) {
      move(channel * area + k, (l.turned ? area - 1 - k : k) * l.geometry.channels + channel);
    }
  }
}

}  // namespace

const void* WeightsMatrix::arrange(const void* weights) {
  if (!lowering_.image_is_dst) {
    return weights;
  }
  const auto width = lowering_.grid_channels;
  for_each_row(lowering_, [&](std::int64_t from, std::int64_t to) {
    std::memcpy(at(memory_.data(), to * width, type_), at(weights, from * width, type_),
                static_cast<std::size_t>(width) * size_of(type_));
  });
  return memory_.data();
}

void WeightsMatrix::restore(const float* matrix, float* weights) const {
  const auto width = lowering_.grid_channels;
  for_each_row(lowering_, [&](std::int64_t to, std::int64_t from) {
    std::copy_n(matrix + from * width, width, weights + to * width);
  });
}

GatherMap::GatherMap(const Device& device, const ConvolutionCase& c, DType grid, const Epilogue& epilogue)
    : lowering_(lower(c)),
      type_(c.type),
      grid_type_(grid),
      weights_(lowering_, c.type),
      matmul_(device, {.rows = lowering_.rows(),
                       .inner = lowering_.geometry.patch_size(),
                       .columns = lowering_.grid_channels,
                       .transpose_weights = !lowering_.image_is_dst,
                       .src = c.type,
                       .weights = c.type,
                       .dst = grid,
                       .epilogue = epilogue}),
      columns_(static_cast<std::size_t>(column_elements(lowering_)) * size_of(c.type)) {}

void GatherMap::run(const void* images, const void* weights, const float* bias, void* grid) {
  const void* matrix = weights_.arrange(weights);
  for (std::int64_t chunk = 0; chunk < lowering_.chunks; ++chunk) {
    gather_chunk(lowering_, type_, images, chunk, columns_);
    matmul_.run(columns_.data(), matrix, bias,
                at(grid, chunk * lowering_.rows() * lowering_.grid_channels, grid_type_));
  }
}

ScatterMap::ScatterMap(const Device& device, const ConvolutionCase& c, DType images, const Epilogue& epilogue)
    : lowering_(lower(c)),
      type_(c.type),
      image_type_(images),
      epilogue_(epilogue),
      weights_(lowering_, c.type),
      matmul_(device, {.rows = lowering_.rows(),
                       .inner = lowering_.grid_channels,
                       .columns = lowering_.geometry.patch_size(),
                       .transpose_weights = lowering_.image_is_dst,
                       .src = c.type,
                       .weights = c.type}),
      columns_(static_cast<std::size_t>(column_elements(lowering_)) * sizeof(float)),
      canvases_(static_cast<std::size_t>(lowering_.geometry.canvas_size() * base::thread_count()) *
                sizeof(float)) {}

void ScatterMap::run(const void* grid, const void* weights, const float* bias, void* images) {
  const void* matrix = weights_.arrange(weights);
  const std::int64_t size = lowering_.chunk * lowering_.geometry.image_size();
  for (std::int64_t chunk = 0; chunk < lowering_.chunks; ++chunk) {
    matmul_.run(at(grid, chunk * lowering_.rows() * lowering_.grid_channels, type_), matrix, nullptr,
                columns_.data());
    dispatch(image_type_, [&]<class T>(T) {
      scatter_patches<T>(
          lowering_.geometry, columns_.as<const float>(), epilogue_, epilogue_.bias ? bias : nullptr,
          canvases_.as<float>(),
          {reinterpret_cast<T*>(at(images, chunk * size, image_type_)), static_cast<std::size_t>(size)});
    });
  }
}

namespace {

/// Where the image is src, the transposed matrix, which is the order of the weights: grid^T columns.
MatmulCase weights_case(const Lowering& l, DType type, bool accumulate) {
  const std::int64_t patch = l.geometry.patch_size();
  return {.rows = l.image_is_dst ? patch : l.grid_channels,
          .inner = l.rows(),
          .columns = l.image_is_dst ? l.grid_channels : patch,
          .transpose_src = true,
          .src = type,
          .weights = type,
          .accumulate = accumulate};
}

}  // namespace

WeightsMap::WeightsMap(const Device& device, const ConvolutionCase& c)
    : lowering_(lower(c)),
      type_(c.type),
      weights_(lowering_, DType::f32),
      first_(device, weights_case(lowering_, c.type, false)),
      next_(device, weights_case(lowering_, c.type, true)),
      columns_(static_cast<std::size_t>(column_elements(lowering_)) * size_of(c.type)),
      matrix_(lowering_.image_is_dst
                  ? static_cast<std::size_t>(lowering_.geometry.patch_size() * lowering_.grid_channels) *
                        sizeof(float)
                  : 0) {}

void WeightsMap::run(const void* images, const void* grid, float* diff_weights) {
  float* target = lowering_.image_is_dst ? matrix_.as<float>().data() : diff_weights;
  for (std::int64_t chunk = 0; chunk < lowering_.chunks; ++chunk) {
    gather_chunk(lowering_, type_, images, chunk, columns_);
    const void* pixels = at(grid, chunk * lowering_.rows() * lowering_.grid_channels, type_);
    const Matmul& matmul = chunk == 0 ? first_ : next_;
    if (lowering_.image_is_dst) {
      matmul.run(columns_.data(), pixels, nullptr, target);
    } else {
      matmul.run(pixels, columns_.data(), nullptr, target);
    }
  }
  if (lowering_.image_is_dst) {
    weights_.restore(target, diff_weights);
  }
}

}  // namespace ganymede::ops
