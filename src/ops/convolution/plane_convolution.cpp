#include "ops/convolution/plane_convolution.h"

#include <algorithm>
#include <span>

#include "ops/convert.h"
#include "ops/convolution/lowered_convolution.h"

namespace ganymede::ops {

using base::DType;

namespace {

/// Calls `body(image)` for all images, in parts whose number depends on the case alone.
template <class Function>
void for_each_image(const Device& device, std::int64_t images, const Function& body) {
  constexpr std::int64_t most_parts = 16;
  const std::int64_t parts = std::min(images, most_parts);
  device.for_each_part(parts, [&](std::int64_t part) {
    for (std::int64_t image = images * part / parts; image < images * (part + 1) / parts; ++image) {
      body(image);
    }
  });
}

/// Elements of a tensor as f32.
void expand(DType type, const void* tensor, std::int64_t begin, std::span<float> dst) {
  dispatch(type,
           [&]<class T>(T) { convert(std::span(static_cast<const T*>(tensor) + begin, dst.size()), dst); });
}

/// f32 as elements of a tensor.
void store(DType type, std::span<const float> src, void* tensor, std::int64_t begin) {
  dispatch(type, [&]<class T>(T) { convert(src, std::span(static_cast<T*>(tensor) + begin, src.size())); });
}

/// f32 times the derivative of an activation over its values in a tensor.
void multiply_over(const Activation& activation, DType type, std::span<const float> diff, void* tensor,
                   std::int64_t begin) {
  dispatch(type, [&]<class T>(T) {
    activation_derivative_over<float, T>(activation, diff,
                                         std::span(static_cast<T*>(tensor) + begin, diff.size()));
  });
}

/// Plane number `image` with zeros around it, as far as patches reach.
void pad_plane(const PlaneLayout& layout, const void* planes, std::int64_t image, std::span<float> padded) {
  const PlaneShape& s = layout.shape;
  std::ranges::fill(padded, 0.0F);
  const std::int64_t width = std::min(s.width, s.padded_width() - s.pad_left);
  const std::int64_t height = std::min(s.height, s.padded_height() - s.pad_top);
  for (std::int64_t y = 0; y < height; ++y) {
    expand(layout.type, planes, image * layout.plane_size() + y * s.width,
           padded.subspan((y + s.pad_top) * s.padded_width() + s.pad_left, width));
  }
}

/// The grid of image number `image` with zeros around it.
void pad_grid(const PlaneLayout& layout, const void* grid, std::int64_t image, std::span<float> padded) {
  const PlaneShape& s = layout.shape;
  const std::int64_t row = s.grid_width * s.channels;
  const std::int64_t padded_row = s.padded_grid_width() * s.channels;
  const std::int64_t left = s.grid_margin() * s.channels;
  for (std::int64_t y = 0; y < s.padded_grid_height(); ++y) {
    const std::span line = padded.subspan(y * padded_row, padded_row);
    const std::int64_t from = y - s.grid_margin();
    if (from < 0 || from >= s.grid_height) {
      std::ranges::fill(line, 0.0F);
      continue;
    }
    std::ranges::fill(line.first(left), 0.0F);
    expand(layout.type, grid, image * layout.grid_size() + from * row, line.subspan(left, row));
    std::ranges::fill(line.subspan(left + row), 0.0F);
  }
}

/// Calls `move(place in the weights as stored, ky, kx, channel)` for each.
template <class Move>
void for_each_weight(const PlaneLayout& layout, const Move& move) {
  const std::int64_t kernel = layout.shape.kernel;
  const std::int64_t area = kernel * kernel;
  for (std::int64_t k = 0; k < area; ++k) {
    const std::int64_t seen = layout.turned ? area - 1 - k : k;
    for (std::int64_t c = 0; c < layout.shape.channels; ++c) {
      move(layout.plane_is_dst ? k * layout.shape.channels + c : c * area + k, seen / kernel, seen % kernel,
           c);
    }
  }
}

/// dst [side, side, channels] in f32; beyond the kernel it stays zero.
void arrange(const PlaneLayout& layout, const void* weights, std::int64_t side, std::span<float> dst) {
  dispatch(layout.type, [&]<class T>(T) {
    for_each_weight(layout, [&](std::int64_t stored, std::int64_t ky, std::int64_t kx, std::int64_t c) {
      dst[(ky * side + kx) * layout.shape.channels + c] =
          static_cast<float>(static_cast<const T*>(weights)[stored]);
    });
  });
}

std::size_t float_bytes(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(float);
}
base::Buffer floats(std::int64_t count) {
  return base::Buffer(float_bytes(count));
}

}  // namespace

bool has_plane(const ConvolutionCase& c) {
  const Lowering l = lower(c);
  const PatchGeometry& g = l.geometry;
  return g.channels == 1 && l.grid_channels % plane_lanes == 0 && g.kernel <= largest_plane_kernel &&
         g.pad_top >= 0 && g.pad_left >= 0;
}

PlaneLayout::PlaneLayout(const ConvolutionCase& c) : images(c.batch), type(c.type) {
  const Lowering l = lower(c);
  const PatchGeometry& g = l.geometry;
  shape = {.height = g.height,
           .width = g.width,
           .grid_height = g.grid_height,
           .grid_width = g.grid_width,
           .channels = l.grid_channels,
           .kernel = g.kernel,
           .stride = g.stride,
           .pad_top = g.pad_top,
           .pad_left = g.pad_left};
  plane_is_dst = l.image_is_dst;
  turned = l.turned;
}

PlaneToGrid::PlaneToGrid(const Device& device, const ConvolutionCase& c, DType grid, const Epilogue& epilogue,
                         const std::optional<Activation>& over)
    : device_(&device),
      layout_(c),
      grid_type_(grid),
      bias_(epilogue.bias),
      slope_(epilogue.activation ? epilogue.activation->slope : 1.0F),
      over_(over),
      weights_(floats(layout_.weights_size())),
      plane_(device, float_bytes(layout_.shape.padded_height() * layout_.shape.padded_width())),
      row_(plane_.behind(float_bytes(layout_.shape.grid_width * layout_.shape.channels))) {}

void PlaneToGrid::run(const void* planes, const void* weights, const float* bias, void* grid) {
  const PlaneShape& s = layout_.shape;
  arrange(layout_, weights, s.kernel, weights_.as<float>());
  for_each_image(*device_, layout_.images, [&](std::int64_t image) {
    const std::span plane = plane_.as<float>();
    const std::span row = row_.as<float>();
    pad_plane(layout_, planes, image, plane);
    for (std::int64_t y = 0; y < s.grid_height; ++y) {
      grid_row_of_plane(s, plane.data() + y * s.stride * s.padded_width(), weights_.as<float>().data(),
                        bias_ ? bias : nullptr, slope_, row.data());
      const std::int64_t begin = image * layout_.grid_size() + y * s.grid_width * s.channels;
      if (over_) {
        multiply_over(*over_, grid_type_, row, grid, begin);
      } else {
        store(grid_type_, row, grid, begin);
      }
    }
  });
}

GridToPlane::GridToPlane(const Device& device, const ConvolutionCase& c, DType planes,
                         const Epilogue& epilogue)
    : device_(&device),
      layout_(c),
      plane_type_(planes),
      epilogue_(epilogue),
      weights_(
          floats(layout_.shape.padded_kernel() * layout_.shape.padded_kernel() * layout_.shape.channels)),
      grid_(device, float_bytes(layout_.shape.padded_grid_height() * layout_.shape.padded_grid_width() *
                                layout_.shape.channels)),
      plane_(grid_.behind(float_bytes(layout_.plane_size()))) {}

void GridToPlane::run(const void* grid, const void* weights, const float* bias, void* planes) {
  arrange(layout_, weights, layout_.shape.padded_kernel(), weights_.as<float>());
  for_each_image(*device_, layout_.images, [&](std::int64_t image) {
    const std::span padded = grid_.as<float>();
    const std::span plane = plane_.as<float>();
    pad_grid(layout_, grid, image, padded);
    plane_of_grid(layout_.shape, padded.data(), weights_.as<float>().data(), plane.data());
    if (epilogue_.bias) {
      std::ranges::for_each(plane, [&](float& pixel) { pixel += *bias; });
    }
    if (epilogue_.activation) {
      activation_forward(*epilogue_.activation, plane);
    }
    store(plane_type_, plane, planes, image * layout_.plane_size());
  });
}

PlaneWeights::PlaneWeights(const Device& device, const ConvolutionCase& c)
    : device_(&device),
      layout_(c),
      groups_(std::min<std::int64_t>(c.batch, 8)),
      sums_(floats(groups_ * layout_.weights_size())),
      plane_(device, float_bytes(layout_.shape.padded_height() * layout_.shape.padded_width())),
      grid_(plane_.behind(float_bytes(layout_.grid_size()))) {}

void PlaneWeights::run(const void* planes, const void* grid, float* diff_weights) {
  const std::int64_t size = layout_.weights_size();
  const std::span sums = sums_.as<float>();
  device_->for_each_part(groups_, [&](std::int64_t group) {
    const std::span sum = sums.subspan(group * size, size);
    std::ranges::fill(sum, 0.0F);
    for (std::int64_t image = layout_.images * group / groups_;
         image < layout_.images * (group + 1) / groups_; ++image) {
      pad_plane(layout_, planes, image, plane_.as<float>());
      expand(layout_.type, grid, image * layout_.grid_size(), grid_.as<float>());
      add_plane_products(layout_.shape, plane_.as<float>().data(), grid_.as<float>().data(), sum.data());
    }
  });
  for_each_weight(layout_, [&](std::int64_t stored, std::int64_t ky, std::int64_t kx, std::int64_t c) {
    const std::int64_t place = (ky * layout_.shape.kernel + kx) * layout_.shape.channels + c;
    float sum = 0.0F;
    for (std::int64_t group = 0; group < groups_; ++group) {
      sum += sums[group * size + place];
    }
    diff_weights[stored] = sum;
  });
}

}  // namespace ganymede::ops
