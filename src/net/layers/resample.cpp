#include "net/layers/resample.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/error.h"

namespace ganymede::net {

using base::Shape;

namespace {

constexpr std::int64_t largest_factor = 16;

[[noreturn]] void refuse(const char* layer, const std::string& found, const std::string& expected,
                         const std::string& advice) {
  throw base::Error(base::ErrorKind::configuration,
                    {.where = layer, .found = found, .expected = expected, .advice = advice});
}

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

}  // namespace ganymede::net
