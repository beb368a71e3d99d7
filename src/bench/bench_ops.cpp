#include "bench/bench_ops.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "base/buffer.h"
#include "base/number.h"
#include "base/random.h"
#include "bench/timing.h"
#include "ops/adam.h"
#include "ops/batch_norm.h"
#include "ops/convert.h"
#include "ops/elementwise/activation.h"
#include "ops/elementwise/dropout.h"
#include "ops/elementwise/reduce.h"
#include "ops/recipe_cases.h"

namespace ganymede::bench {

namespace {

using base::Buffer;
using base::DType;

/// Normal numbers of a realistic size, in either type.
Buffer operand(DType type, std::int64_t count) {
  constexpr float deviation = 0.1F;
  Buffer values(static_cast<std::size_t>(count) * sizeof(float));
  base::fill_normal({}, 0.0F, deviation, values.as<float>());
  if (type == DType::f32) {
    return values;
  }
  Buffer rounded(static_cast<std::size_t>(count) * size_of(type));
  ops::convert<float, base::bf16>(values.as<float>(), rounded.as<base::bf16>());
  return rounded;
}

class OpBench {
 public:
  OpBench(const train::Recipe& recipe, const ops::Device& device, double peak, double seconds)
      : recipe_(recipe),
        device_(device),
        peak_(peak),
        seconds_(seconds),
        type_(train::resolve(recipe.training.precision)),
        batch_(recipe.training.batch_size) {}

  std::vector<Measurement> rows() {
    for (const auto& [name, matmul] : ops::recipe_matmuls(recipe_.name, batch_, type_)) {
      measure_matmul(name, matmul);
    }
    for (const auto& [name, convolution, epilogue] : ops::recipe_convolutions(recipe_.name, batch_, type_)) {
      measure_convolution(name, convolution, epilogue);
    }
    base::dispatch(type_, [&]<class T>(T) {
      for (const ops::ElementsExample& example : ops::recipe_batch_norms(recipe_.name, batch_)) {
        measure_batch_norm<T>(example);
      }
      for (const ops::ElementsExample& example : ops::recipe_activations(recipe_.name, batch_)) {
        measure_activation<T>(example);
      }
      for (const ops::ElementsExample& example : ops::recipe_dropouts(recipe_.name, batch_)) {
        measure_dropout<T>(example);
      }
    });
    measure_adam(ops::recipe_parameters(recipe_.name));
    return std::move(rows_);
  }

 private:
  void measure(const std::string& what, double operations, const std::function<void()>& action) {
    const double seconds = median_seconds(action, seconds_);
    rows_.push_back(with_rate({.recipe = recipe_.name,
                               .precision = train::precision_name(recipe_),
                               .what = what,
                               .milliseconds = 1e3 * seconds,
                               .images_per_s = static_cast<double>(batch_) / seconds},
                              operations, peak_));
  }

  void measure_matmul(const std::string& name, const ops::MatmulCase& c) {
    const ops::Matmul matmul(device_, c);
    const Buffer src = operand(c.src, c.rows * c.inner);
    const Buffer weights = operand(c.weights, c.inner * c.columns);
    const Buffer bias = operand(DType::f32, c.columns);
    Buffer dst = operand(c.dst, c.rows * c.columns);
    const float* bias_data = c.epilogue.bias ? bias.as<float>().data() : nullptr;
    measure(name, 2.0 * static_cast<double>(c.rows * c.inner * c.columns),
            [&] { matmul.run(src.data(), weights.data(), bias_data, dst.data()); });
  }

  void measure_convolution(const std::string& name, const ops::ConvolutionCase& c,
                           const ops::Epilogue& epilogue) {
    const std::int64_t src_pixels = c.batch * c.src_height * c.src_width;
    const std::int64_t dst_pixels = c.batch * c.dst_height * c.dst_width;
    const std::int64_t area = c.kernel * c.kernel;
    // Each pixel of the smaller image is multiplied with the whole kernel.
    const double operations =
        2.0 * static_cast<double>(std::min(src_pixels, dst_pixels) * area * c.src_channels * c.dst_channels);
    Buffer src = operand(c.type, src_pixels * c.src_channels);
    const Buffer weights = operand(c.type, area * c.src_channels * c.dst_channels);
    Buffer diff_weights = operand(DType::f32, area * c.src_channels * c.dst_channels);
    const Buffer bias = operand(DType::f32, c.dst_channels);
    Buffer dst = operand(c.dst, dst_pixels * c.dst_channels);

    const ops::ConvolutionBackwardWeights backward_weights(device_, c);
    measure(name + ", backward weights", operations,
            [&] { backward_weights.run(src.data(), dst.data(), diff_weights.as<float>().data()); });
    const ops::ConvolutionForward forward(device_, c, epilogue);
    measure(name + ", forward", operations,
            [&] { forward.run(src.data(), weights.data(), bias.as<float>().data(), dst.data()); });
    const ops::ConvolutionBackwardData backward_data(device_, c);
    measure(name + ", backward data", operations,
            [&] { backward_data.run(dst.data(), weights.data(), src.data()); });
  }

  template <class T>
  void measure_batch_norm(const ops::ElementsExample& example) {
    constexpr float epsilon = 1e-3F;
    const Buffer src = operand(type_, example.rows * example.channels);
    const Buffer diff_dst = operand(type_, example.rows * example.channels);
    Buffer dst = operand(type_, example.rows * example.channels);
    const Buffer scales = operand(DType::f32, example.channels);
    Buffer mean = operand(DType::f32, example.channels);
    Buffer inverse_deviation = operand(DType::f32, example.channels);
    measure(example.name + ", forward", 0.0, [&] {
      ops::batch_norm_statistics<T>(src.as<T>(), epsilon, mean.as<float>(), inverse_deviation.as<float>());
      ops::batch_norm_apply<T>(src.as<T>(), mean.as<float>(), inverse_deviation.as<float>(),
                               {.gamma = scales.as<float>(), .beta = scales.as<float>()}, dst.as<T>());
    });
    Buffer diff_gamma = operand(DType::f32, example.channels);
    Buffer diff_beta = operand(DType::f32, example.channels);
    measure(example.name + ", backward", 0.0, [&] {
      ops::batch_norm_backward<T>(src.as<T>(), diff_dst.as<T>(), mean.as<float>(),
                                  inverse_deviation.as<float>(), scales.as<float>(), diff_gamma.as<float>(),
                                  diff_beta.as<float>(), dst.as<T>());
    });
  }

  template <class T>
  void measure_activation(const ops::ElementsExample& example) {
    constexpr ops::Activation leaky_relu{ops::Function::leaky_relu, 0.2F};
    const Buffer dst = operand(type_, example.rows * example.channels);
    Buffer diff = operand(type_, example.rows * example.channels);
    measure("leaky_relu of " + example.name + ", backward", 0.0,
            [&] { ops::activation_derivative<T, T>(leaky_relu, dst.as<T>(), diff.as<T>()); });
    Buffer sums = operand(DType::f32, example.channels);
    measure("bias of " + example.name + ", backward", 0.0,
            [&] { ops::column_sum<T>(dst.as<T>(), sums.as<float>()); });
  }

  template <class T>
  void measure_dropout(const ops::ElementsExample& example) {
    constexpr float rate = 0.4F;
    Buffer data = operand(type_, example.rows * example.channels);
    Buffer kept(static_cast<std::size_t>(example.rows * example.channels));
    measure("dropout of " + example.name + ", mask", 0.0,
            [&] { ops::dropout_mask({}, rate, kept.as<std::uint8_t>()); });
    measure("dropout of " + example.name, 0.0,
            [&] { ops::dropout_apply<T>(kept.as<std::uint8_t>(), 1.0F, data.as<T>()); });
  }

  void measure_adam(std::int64_t count) {
    if (count == 0) {
      return;
    }
    const Buffer gradients = operand(DType::f32, count);
    Buffer parameters = operand(DType::f32, count);
    Buffer first = operand(DType::f32, count);
    Buffer second(static_cast<std::size_t>(count) * sizeof(float));
    Buffer shadow = type_ == DType::bf16 ? operand(type_, count) : Buffer();
    std::int64_t step = 0;
    measure("adam of " + base::grouped(count) + " parameters", 0.0, [&] {
      ops::adam({}, ++step,
                {.gradients = gradients.as<float>(),
                 .parameters = parameters.as<float>(),
                 .first_moments = first.as<float>(),
                 .second_moments = second.as<float>(),
                 .shadow = shadow.as<base::bf16>()});
    });
  }

  const train::Recipe& recipe_;
  const ops::Device& device_;
  double peak_;
  double seconds_;
  DType type_;
  std::int64_t batch_;
  std::vector<Measurement> rows_;
};

}  // namespace

std::vector<Measurement> op_rows(const train::Recipe& recipe, const ops::Device& device, double peak,
                                 double seconds) {
  return OpBench(recipe, device, peak, seconds).rows();
}

}  // namespace ganymede::bench
