#include "ops/convolution/lowered_convolution.h"

#include <algorithm>
#include <cstring>

#include "ops/elementwise/elementwise.h"

namespace ganymede::ops {

using base::DType;

namespace {

const std::byte* at(const void* tensor, std::int64_t element, DType type) {
  return static_cast<const std::byte*>(tensor) + element * static_cast<std::int64_t>(size_of(type));
}
std::byte* at(void* tensor, std::int64_t element, DType type) {
  return static_cast<std::byte*>(tensor) + element * static_cast<std::int64_t>(size_of(type));
}

/// The columns of chunk number `chunk`.
void gather_chunk(const Lowering& l, DType type, const void* images, std::int64_t chunk,
                  const Scratch& workspace, const Scratch& columns) {
  const std::int64_t size = l.chunk * l.geometry.image_size();
  dispatch(type, [&]<class T>(T) {
    gather_patches<T>(
        l.geometry,
        {reinterpret_cast<const T*>(at(images, chunk * size, type)), static_cast<std::size_t>(size)},
        workspace.as<float>(), columns.as<T>());
  });
}

}  // namespace

std::int64_t chunk_of(std::int64_t batch, std::int64_t bytes) {
  constexpr std::int64_t most = std::int64_t{1} << 19;
  std::int64_t chunk = std::clamp<std::int64_t>(most / bytes, 1, batch);
  while (batch % chunk != 0) {
    --chunk;
  }
  return chunk;
}

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
  l.chunk = chunk_of(
      c.batch, l.geometry.grid_size() * l.geometry.patch_size() * static_cast<std::int64_t>(size_of(c.type)));
  l.chunks = c.batch / l.chunk;
  return l;
}

WeightsMatrix::WeightsMatrix(const Lowering& lowering, Lines lines, DType type)
    : lowering_(lowering),
      lines_(lines),
      type_(type),
      as_stored_(!lowering.image_is_dst && lines == Lines::rows &&
                 lowering.geometry.line_size() == lowering.geometry.kernel * lowering.geometry.channels) {
  if (!as_stored_) {
    memory_ = base::Buffer(static_cast<std::size_t>(lowering.geometry.patch_size() * lowering.grid_channels) *
                           size_of(type));
  }
}

/// Calls `move(place in the weights, place in the matrix, count)` for the elements that lie side by side in
/// both.
template <class Move>
void WeightsMatrix::for_each_run(const Move& move) const {
  const PatchGeometry& g = lowering_.geometry;
  const std::int64_t area = g.kernel * g.kernel;
  for (std::int64_t k = 0; k < area; ++k) {
    const std::int64_t seen = lowering_.turned ? area - 1 - k : k;
    const std::int64_t y = seen / g.kernel;
    const std::int64_t x = seen % g.kernel;
    const std::int64_t place =
        lines_ == Lines::rows ? y * g.line_size() + x * g.channels : x * g.line_size() + y * g.channels;
    if (lowering_.image_is_dst) {
      for (std::int64_t channel = 0; channel < g.channels; ++channel) {
        move((channel * area + k) * lowering_.grid_channels, (place + channel) * lowering_.grid_channels,
             lowering_.grid_channels);
      }
    } else {
      for (std::int64_t channel = 0; channel < lowering_.grid_channels; ++channel) {
        move((channel * area + k) * g.channels, channel * g.patch_size() + place, g.channels);
      }
    }
  }
}

const void* WeightsMatrix::arrange(const void* weights) {
  if (as_stored_) {
    return weights;
  }
  for_each_run([&](std::int64_t from, std::int64_t to, std::int64_t count) {
    std::memcpy(at(memory_.data(), to, type_), at(weights, from, type_),
                static_cast<std::size_t>(count) * size_of(type_));
  });
  return memory_.data();
}

void WeightsMatrix::restore(float* weights) const {
  if (as_stored_) {
    return;
  }
  const float* matrix = memory_.as<const float>().data();
  for_each_run([&](std::int64_t to, std::int64_t from, std::int64_t count) {
    std::copy_n(matrix + from, count, weights + to);
  });
}

GatherMap::GatherMap(const Device& device, const ConvolutionCase& c, const std::optional<Activation>& over)
    : device_(&device),
      lowering_(lower(c)),
      type_(c.type),
      over_(over),
      weights_(lowering_, WeightsMatrix::Lines::rows, c.type),
      matmul_(device, {.rows = lowering_.rows(),
                       .inner = lowering_.geometry.patch_size(),
                       .columns = lowering_.grid_channels,
                       .transpose_weights = !lowering_.image_is_dst,
                       .pack_weights = true,
                       .slices = false,
                       .src = c.type,
                       .weights = c.type,
                       .dst = c.type}),
      columns_(device, static_cast<std::size_t>(lowering_.column_elements()) * size_of(c.type)),
      workspace_(columns_.behind(lowering_.geometry.workspace_bytes())),
      products_(workspace_.behind(over ? static_cast<std::size_t>(lowering_.grid_elements()) * size_of(c.type)
                                       : 0)) {}

void GatherMap::run(const void* images, const void* weights, void* grid) {
  const void* packed = matmul_.pack(weights_.arrange(weights));
  device_->for_each_part(lowering_.chunks, [&](std::int64_t chunk) {
    gather_chunk(lowering_, type_, images, chunk, workspace_, columns_);
    std::byte* pixels = at(grid, chunk * lowering_.grid_elements(), type_);
    matmul_.run(columns_.data(), packed, nullptr, over_ ? products_.data() : pixels);
    if (over_) {
      dispatch(type_, [&]<class T>(T) {
        const auto size = static_cast<std::size_t>(lowering_.grid_elements());
        activation_derivative_over<T, T>(*over_, products_.as<const T>().first(size),
                                         {reinterpret_cast<T*>(pixels), size});
      });
    }
  });
}

ScatterMap::ScatterMap(const Device& device, const ConvolutionCase& c, DType images, const Epilogue& epilogue)
    : device_(&device),
      lowering_(lower(c)),
      type_(c.type),
      image_type_(images),
      epilogue_(epilogue),
      weights_(lowering_, WeightsMatrix::Lines::columns, c.type),
      matmul_(device, {.rows = lowering_.rows(),
                       .inner = lowering_.grid_channels,
                       .columns = lowering_.geometry.patch_size(),
                       .transpose_weights = lowering_.image_is_dst,
                       .pack_weights = true,
                       .slices = false,
                       .src = c.type,
                       .weights = c.type}),
      columns_(device, static_cast<std::size_t>(lowering_.column_elements()) * sizeof(float)),
      workspace_(columns_.behind(lowering_.geometry.workspace_bytes())) {}

void ScatterMap::run(const void* grid, const void* weights, const float* bias, void* images) {
  const void* packed = matmul_.pack(weights_.arrange(weights));
  const std::int64_t size = lowering_.chunk * lowering_.geometry.image_size();
  device_->for_each_part(lowering_.chunks, [&](std::int64_t chunk) {
    matmul_.run(at(grid, chunk * lowering_.grid_elements(), type_), packed, nullptr, columns_.data());
    dispatch(image_type_, [&]<class T>(T) {
      scatter_patches<T>(
          lowering_.geometry, columns_.as<const float>(), epilogue_, epilogue_.bias ? bias : nullptr,
          workspace_.as<float>(),
          {reinterpret_cast<T*>(at(images, chunk * size, image_type_)), static_cast<std::size_t>(size)});
    });
  });
}

namespace {

constexpr std::int64_t most_groups = 8;

/// Where the image is src, the transposed matrix, which is the order of the weights: grid^T columns.
MatmulCase weights_case(const Lowering& l, DType type, bool accumulate) {
  const std::int64_t patch = l.geometry.patch_size();
  return {.rows = l.image_is_dst ? patch : l.grid_channels,
          .inner = l.rows(),
          .columns = l.image_is_dst ? l.grid_channels : patch,
          .transpose_src = true,
          .slices = false,
          .src = type,
          .weights = type,
          .accumulate = accumulate};
}

}  // namespace

WeightsMap::WeightsMap(const Device& device, const ConvolutionCase& c)
    : device_(&device),
      lowering_(lower(c)),
      type_(c.type),
      weights_(lowering_, WeightsMatrix::Lines::rows, DType::f32),
      groups_(std::min(lowering_.chunks, most_groups)),
      sums_(static_cast<std::size_t>((groups_ - 1) * lowering_.geometry.patch_size() *
                                     lowering_.grid_channels) *
            sizeof(float)),
      first_(device, weights_case(lowering_, c.type, false)),
      next_(device, weights_case(lowering_, c.type, true)),
      columns_(device, static_cast<std::size_t>(lowering_.column_elements()) * size_of(c.type)),
      workspace_(columns_.behind(lowering_.geometry.workspace_bytes())) {}

void WeightsMap::sum_group(std::int64_t group, const void* images, const void* grid, float* sum) const {
  const std::int64_t begin = lowering_.chunks * group / groups_;
  for (std::int64_t chunk = begin; chunk < lowering_.chunks * (group + 1) / groups_; ++chunk) {
    gather_chunk(lowering_, type_, images, chunk, workspace_, columns_);
    const void* pixels = at(grid, chunk * lowering_.grid_elements(), type_);
    const Matmul& matmul = chunk == begin ? first_ : next_;
    if (lowering_.image_is_dst) {
      matmul.run(columns_.data(), pixels, nullptr, sum);
    } else {
      matmul.run(pixels, columns_.data(), nullptr, sum);
    }
  }
}

void WeightsMap::run(const void* images, const void* grid, float* diff_weights) {
  const std::int64_t size = lowering_.geometry.patch_size() * lowering_.grid_channels;
  float* target = weights_.target(diff_weights);
  float* sums = sums_.as<float>().data();
  device_->for_each_part(groups_, [&](std::int64_t group) {
    sum_group(group, images, grid, group == 0 ? target : sums + (group - 1) * size);
  });
  constexpr std::int64_t grain = 8 * 1024;
  base::parallel_for(size, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t group = 1; group < groups_; ++group) {
      add<float>(std::span(sums + (group - 1) * size + begin, end - begin),
                 std::span(target + begin, end - begin));
    }
  });
  weights_.restore(diff_weights);
}

}  // namespace ganymede::ops
