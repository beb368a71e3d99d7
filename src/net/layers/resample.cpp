#include "net/layers/resample.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/refusal.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::net {

using base::Shape;

namespace {

constexpr std::int64_t largest_factor = 16;

constexpr base::Refusal refuse{base::ErrorKind::configuration};

void check(const char* layer, const Shape& input, std::int64_t factor) {
  if (input.rank() != 3) {
    refuse(layer, "an input of shape " + input.to_string(), "[height, width, channels]",
           "Put a reshape layer before it");
  }
  if (factor < 1 || factor > largest_factor) {
    refuse(layer, fmt::format("factor {}", factor), fmt::format("a factor from 1 to {}", largest_factor),
           "Correct the layer");
  }
}

}  // namespace

Shape output_shape(const Upsample& upsample, const Shape& input) {
  check("upsample", input, upsample.factor);
  return {upsample.factor * input[0], upsample.factor * input[1], input[2]};
}

Shape output_shape(const AveragePool& pool, const Shape& input) {
  check("avg_pool", input, pool.factor);
  if (input[0] % pool.factor != 0 || input[1] % pool.factor != 0) {
    refuse("avg_pool", "an input of shape " + input.to_string(),
           fmt::format("a height and a width that {} divides", pool.factor), "Choose another factor");
  }
  return {input[0] / pool.factor, input[1] / pool.factor, input[2]};
}

namespace {

ops::ImageMap map_of(const Upsample& upsample, const Shape& src) {
  const auto axis = upsample.mode == Upsample::Mode::bilinear ? ops::interpolate_axis : ops::repeat_axis;
  return {axis(src[1], upsample.factor), axis(src[2], upsample.factor)};
}

ops::ImageMap map_of(const AveragePool& pool, const Shape& src) {
  return {ops::average_axis(src[1], pool.factor), ops::average_axis(src[2], pool.factor)};
}

}  // namespace

std::span<const std::pair<std::string_view, Upsample::Mode>> words(Upsample::Mode) {
  static constexpr std::array<std::pair<std::string_view, Upsample::Mode>, 2> table = {
      {{"nearest", Upsample::Mode::nearest}, {"bilinear", Upsample::Mode::bilinear}}};
  return table;
}

ResampleOp::ResampleOp(const LayerBinding& binding, ops::ImageMap map)
    : binding_(binding), map_(std::move(map)), transposed_(map_.transposed()) {}
ResampleOp::ResampleOp(const Upsample& upsample, const LayerBinding& binding, const ops::Device&)
    : ResampleOp(binding, map_of(upsample, binding.src.shape)) {}
ResampleOp::ResampleOp(const AveragePool& pool, const LayerBinding& binding, const ops::Device&)
    : ResampleOp(binding, map_of(pool, binding.src.shape)) {}

void ResampleOp::forward(const PassContext&) {
  run(map_, binding_.src, binding_.dst);
}

void ResampleOp::backward_data() {
  run(transposed_, binding_.diff_dst, binding_.diff_src);
}

void ResampleOp::tangent() {
  run(map_, binding_.tangent_src, binding_.tangent_dst);
}

void ResampleOp::run(const ops::ImageMap& map, const TensorRef& src, const TensorRef& dst) {
  dispatch(src.dtype,
           [&]<class T>(T) { ops::resample<T>(map, src.shape.back(), src.as<const T>(), dst.as<T>()); });
}

void write_onnx(const Upsample& upsample, const LayerShape& place, OnnxGraph& graph) {
  const auto factor = static_cast<float>(upsample.factor);
  const bool nearest = upsample.mode == Upsample::Mode::nearest;
  const std::string scales = graph.constant(place.part("scales"), {4}, {1.0F, 1.0F, factor, factor});
  graph.add({"Resize",
             place.name,
             {graph.value, "", scales},
             {{"mode", nearest ? "nearest" : "linear"},
              {"coordinate_transformation_mode", nearest ? "asymmetric" : "half_pixel"},
              {"nearest_mode", "floor"}}});
}

void write_onnx(const AveragePool& pool, const LayerShape& place, OnnxGraph& graph) {
  const std::vector square = {pool.factor, pool.factor};
  graph.add({"AveragePool", place.name, {graph.value}, {{"kernel_shape", square}, {"strides", square}}});
}

namespace {

void write_resampling(const char* function, std::int64_t factor, const Shape& input, CCode& code) {
  code.line(fmt::format("ganymede_{}({}, {}, {}, {}, {}, {});", function, code.here(), input[0], input[1],
                        input[2], factor, code.there()));
  code.turn();
}

}  // namespace

void write_c(const Upsample& upsample, const LayerShape& place, CCode& code) {
  const bool nearest = upsample.mode == Upsample::Mode::nearest;
  write_resampling(nearest ? "upsample_nearest" : "upsample_bilinear", upsample.factor, place.input, code);
}

void write_c(const AveragePool& pool, const LayerShape& place, CCode& code) {
  write_resampling("avg_pool", pool.factor, place.input, code);
}

CSource c_source(const Upsample&) {
  return {.functions = R"c(
// each pixel becomes a square of factor by factor
static inline void ganymede_upsample_nearest(const float *src, int height, int width, int channels,
                                             int factor, float *dst) {
  for (int y = 0; y < height * factor; ++y) {
    for (int x = 0; x < width * factor; ++x) {
      memcpy(dst, src + (y / factor * width + x / factor) * channels, (size_t)channels * sizeof(float));
      dst += channels;
    }
  }
}

// interpolated between the centres of pixels; beyond the outermost centres the outermost pixel
static inline void ganymede_upsample_bilinear(const float *src, int height, int width, int channels,
                                              int factor, float *dst) {
  for (int n = 0; n < height * factor * width * factor * channels; ++n) {
    const int channel = n % channels;
    const float x = fmaxf(((float)(n / channels % (width * factor)) + 0.5f) / (float)factor - 0.5f, 0.0f);
    const float y = fmaxf(((float)(n / channels / (width * factor)) + 0.5f) / (float)factor - 0.5f, 0.0f);
    const int left = (int)x, top = (int)y;
    const int right = left + 1 < width ? left + 1 : left, bottom = top + 1 < height ? top + 1 : top;
    const float across = x - (float)left, down = y - (float)top;
    const float *above = src + top * width * channels + channel;
    const float *below = src + bottom * width * channels + channel;
    dst[n] = (1.0f - down) * ((1.0f - across) * above[left * channels] + across * above[right * channels]) +
             down * ((1.0f - across) * below[left * channels] + across * below[right * channels]);
  }
}
)c"};
}

CSource c_source(const AveragePool&) {
  return {.functions = R"c(
// the mean of each square of factor by factor pixels
static inline void ganymede_avg_pool(const float *src, int height, int width, int channels, int factor,
                                     float *dst) {
  for (int n = 0; n < height / factor * (width / factor) * channels; ++n) {
    const int left = n / channels % (width / factor) * factor, top = n / channels / (width / factor) * factor;
    float sum = 0.0f;
    for (int y = top; y < top + factor; ++y) {
      for (int x = left; x < left + factor; ++x) {
        sum += src[(y * width + x) * channels + n % channels];
      }
    }
    dst[n] = sum / (float)(factor * factor);
  }
}
)c"};
}

}  // namespace ganymede::net
