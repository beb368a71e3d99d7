#include "operations.h"

#include <algorithm>
#include <cmath>

namespace ganymede::reference {

namespace {

/// How far, in roundings, the f32 tanh and exp of oneDNN and of the C library may be from the true ones.
constexpr double elementary_roundings = 8.0;
/// Those of a product and a sum. The tests under sanitizers are compiled without instructions that do both at
/// once.
constexpr double product_and_sum = 2.0;

}  // namespace

Bounded activation(const ops::Activation& f, Bounded x) {
  switch (f.function) {
    case ops::Function::tanh:
      return monotone(
          x, [](double v) { return std::tanh(v); }, elementary_roundings);
    case ops::Function::sigmoid:
      return monotone(
          x, [](double v) { return 1.0 / (1.0 + std::exp(-v)); }, elementary_roundings);
    case ops::Function::leaky_hard_tanh:
      return monotone(
          x,
          [slope = f.slope](double v) {
            const double inside = std::clamp(v, -1.0, 1.0);
            return inside + slope * (v - inside);
          },
          product_and_sum);
    case ops::Function::leaky_relu:
    case ops::Function::relu:
      break;
  }
  const double slope = f.slope;
  return monotone(x, [=](double v) { return v > 0.0 ? v : slope * v; });
}

Values activation(const ops::Activation& f, const Values& src) {
  Values dst(src.size());
  std::ranges::transform(src, dst.begin(), [&](Bounded x) { return activation(f, x); });
  return dst;
}

Bounded activation_derivative(const ops::Activation& f, Bounded x, Bounded y) {
  const Bounded one = {1.0, 0.0};
  switch (f.function) {
    case ops::Function::tanh:
      return one - y * y;
    case ops::Function::sigmoid:
      return y * (one - y);
    case ops::Function::leaky_hard_tanh: {
      const double distance = std::abs(std::abs(x.value) - 1.0);
      return {std::abs(x.value) < 1.0 ? 1.0 : f.slope,
              distance > x.error || x.error == 0.0 ? 0.0 : std::abs(1.0 - f.slope)};
    }
    case ops::Function::leaky_relu:
    case ops::Function::relu:
      break;
  }
  const bool certain = std::abs(x.value) > x.error || x.error == 0.0;
  return {x.value > 0.0 ? 1.0 : f.slope, certain ? 0.0 : std::abs(1.0 - f.slope)};
}

Values matmul(const ops::MatmulCase& c, const Values& src, const Values& weights, const Values& bias,
              const Values& before) {
  Values dst(static_cast<std::size_t>(c.rows * c.columns));
  for (std::int64_t row = 0; row < c.rows; ++row) {
    for (std::int64_t column = 0; column < c.columns; ++column) {
      Sum sum;
      for (std::int64_t k = 0; k < c.inner; ++k) {
        const Bounded a = src[c.transpose_src ? k * c.rows + row : row * c.inner + k];
        const Bounded b = weights[c.transpose_weights ? column * c.inner + k : k * c.columns + column];
        sum.add_product(a, b);
      }
      if (!bias.empty()) {
        sum.add(bias[column]);
      }
      if (c.accumulate) {
        sum.add(before[row * c.columns + column]);
      }
      const auto& f = c.epilogue.activation;
      dst[row * c.columns + column] = f ? activation(*f, sum.total()) : sum.total();
    }
  }
  return dst;
}

Padding same_padding(std::int64_t far, std::int64_t near, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t total = std::max<std::int64_t>((near - 1) * stride + kernel - far, 0);
  return {total / 2, total - total / 2};
}

namespace {

/// Calls `tap(src, weight, dst)` with the indices of every product src * weight that is added to dst. A
/// convolution is linear in both factors, so that the gradient of each adds up the same triples.
template <class Tap>
void for_each_tap(const ops::ConvolutionCase& c, const Tap& tap) {
  const auto& [far_height, far_width, near_height, near_width] =
      c.transposed ? std::array{c.dst_height, c.dst_width, c.src_height, c.src_width}
                   : std::array{c.src_height, c.src_width, c.dst_height, c.dst_width};
  for (std::int64_t image = 0; image < c.batch; ++image) {
    for (std::int64_t y = 0; y < near_height; ++y) {
      for (std::int64_t x = 0; x < near_width; ++x) {
        for (std::int64_t ky = 0; ky < c.kernel; ++ky) {
          for (std::int64_t kx = 0; kx < c.kernel; ++kx) {
            const std::int64_t far_y = y * c.stride - c.pad_top + ky;
            const std::int64_t far_x = x * c.stride - c.pad_left + kx;
            if (far_y < 0 || far_y >= far_height || far_x < 0 || far_x >= far_width) {
              continue;
            }
            const std::int64_t near = (image * near_height + y) * near_width + x;
            const std::int64_t far = (image * far_height + far_y) * far_width + far_x;
            const std::int64_t src = (c.transposed ? near : far) * c.src_channels;
            const std::int64_t dst = (c.transposed ? far : near) * c.dst_channels;
            for (std::int64_t out = 0; out < c.dst_channels; ++out) {
              const std::int64_t weight = ((out * c.kernel + ky) * c.kernel + kx) * c.src_channels;
              for (std::int64_t in = 0; in < c.src_channels; ++in) {
                tap(src + in, weight + in, dst + out);
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace

Values convolution(const ops::ConvolutionCase& c, const ops::Epilogue& epilogue, const Values& src,
                   const Values& weights, const Values& bias) {
  std::vector<Sum> sums(static_cast<std::size_t>(c.batch * c.dst_height * c.dst_width * c.dst_channels));
  for_each_tap(
      c, [&](std::int64_t s, std::int64_t w, std::int64_t d) { sums[d].add_product(src[s], weights[w]); });
  for (std::size_t i = 0; i < sums.size() && !bias.empty(); ++i) {
    sums[i].add(bias[i % bias.size()]);
  }
  const Values dst = totals(sums);
  return epilogue.activation ? activation(*epilogue.activation, dst) : dst;
}

Values convolution_backward_data(const ops::ConvolutionCase& c, const Values& diff_dst,
                                 const Values& weights) {
  std::vector<Sum> sums(static_cast<std::size_t>(c.batch * c.src_height * c.src_width * c.src_channels));
  for_each_tap(c, [&](std::int64_t s, std::int64_t w, std::int64_t d) {
    sums[s].add_product(diff_dst[d], weights[w]);
  });
  return totals(sums);
}

Values convolution_backward_weights(const ops::ConvolutionCase& c, const Values& src,
                                    const Values& diff_dst) {
  std::vector<Sum> sums(static_cast<std::size_t>(c.dst_channels * c.kernel * c.kernel * c.src_channels));
  for_each_tap(
      c, [&](std::int64_t s, std::int64_t w, std::int64_t d) { sums[w].add_product(src[s], diff_dst[d]); });
  return totals(sums);
}

Values column_sum(const Values& src, std::size_t columns) {
  std::vector<Sum> sums(columns);
  for (std::size_t i = 0; i < src.size(); ++i) {
    sums[i % columns].add(src[i]);
  }
  return totals(sums);
}

BatchStatistics batch_statistics(const Values& src, std::size_t channels, double epsilon) {
  const std::size_t count = src.size() / channels;
  const Bounded rows = {static_cast<double>(count), 0.0};
  BatchStatistics statistics{column_sum(src, channels), Values(channels), Values(channels)};
  for (Bounded& mean : statistics.mean) {
    mean = mean / rows;
  }
  std::vector<Sum> squares(channels);
  for (std::size_t i = 0; i < src.size(); ++i) {
    const Bounded centred = src[i] - statistics.mean[i % channels];
    squares[i % channels].add_product(centred, centred);
  }
  for (std::size_t c = 0; c < channels; ++c) {
    statistics.variance[c] = squares[c].total() / rows;
    statistics.inverse_deviation[c] = reciprocal(square_root(statistics.variance[c] + constant(epsilon)));
  }
  return statistics;
}

BatchStatistics running_statistics(const Values& mean, const Values& variance, double epsilon) {
  BatchStatistics statistics{mean, variance, Values(mean.size())};
  std::ranges::transform(variance, statistics.inverse_deviation.begin(),
                         [=](Bounded v) { return reciprocal(square_root(v + constant(epsilon))); });
  return statistics;
}

Values batch_norm(const Values& src, const BatchStatistics& statistics, const Values& gamma,
                  const Values& beta) {
  Values dst(src.size());
  for (std::size_t i = 0; i < src.size(); ++i) {
    const std::size_t c = i % gamma.size();
    const Bounded factor = gamma[c] * statistics.inverse_deviation[c];
    // The program multiplies out: src factor + (beta - mean factor), whose terms may be larger than their
    // sum.
    Sum sum;
    sum.add_product(src[i], factor);
    sum.add_product({-statistics.mean[c].value, statistics.mean[c].error}, factor);
    sum.add(beta[c]);
    dst[i] = sum.total();
  }
  return dst;
}

namespace {

Bounded normalised(const Values& src, const BatchStatistics& statistics, std::size_t i) {
  const std::size_t c = i % statistics.mean.size();
  return (src[i] - statistics.mean[c]) * statistics.inverse_deviation[c];
}

BatchNormGradients scale_gradients(const Values& src, const Values& diff_dst,
                                   const BatchStatistics& statistics) {
  const std::size_t channels = statistics.mean.size();
  std::vector<Sum> gamma(channels);
  for (std::size_t i = 0; i < src.size(); ++i) {
    gamma[i % channels].add_product(diff_dst[i], normalised(src, statistics, i));
  }
  return {Values(src.size()), totals(gamma), column_sum(diff_dst, channels)};
}

}  // namespace

BatchNormGradients batch_norm_backward(const Values& src, const Values& diff_dst,
                                       const BatchStatistics& statistics, const Values& gamma) {
  BatchNormGradients gradients = scale_gradients(src, diff_dst, statistics);
  const std::size_t channels = gamma.size();
  const std::size_t rows = src.size() / channels;
  const Bounded share = constant(1.0 / static_cast<double>(rows));
  for (std::size_t i = 0; i < src.size(); ++i) {
    const std::size_t c = i % channels;
    const Bounded along = gradients.beta[c] + normalised(src, statistics, i) * gradients.gamma[c];
    gradients.src[i] = gamma[c] * statistics.inverse_deviation[c] * (diff_dst[i] - share * along);
  }
  return gradients;
}

BatchNormGradients batch_norm_backward_inference(const Values& src, const Values& diff_dst,
                                                 const BatchStatistics& statistics, const Values& gamma) {
  BatchNormGradients gradients = scale_gradients(src, diff_dst, statistics);
  for (std::size_t i = 0; i < src.size(); ++i) {
    const std::size_t c = i % gamma.size();
    gradients.src[i] = gamma[c] * statistics.inverse_deviation[c] * diff_dst[i];
  }
  return gradients;
}

Values moving_average(double keep, const Values& running, const Values& batch) {
  Values result(running.size());
  for (std::size_t c = 0; c < running.size(); ++c) {
    result[c] = constant(keep) * running[c] + ((Bounded{1.0, 0.0} - constant(keep)) * batch[c]);
  }
  return result;
}

Values recovered_variance(const BatchStatistics& statistics, double epsilon) {
  Values variance(statistics.variance.size());
  for (std::size_t c = 0; c < variance.size(); ++c) {
    const Bounded inverse = statistics.inverse_deviation[c];
    variance[c] = reciprocal(inverse * inverse) - constant(epsilon);
  }
  return variance;
}

bool is_kept(const base::RandomKey& key, float rate, std::int64_t n) {
  const auto words = base::random_block(key, static_cast<std::uint32_t>(n / 16));
  const std::uint32_t byte = words[n % 16 / 4] >> (8 * (n % 4)) & 0xFFU;
  return byte >= std::round(rate * 256.0);
}

double dropout_scale(float rate) {
  return 1.0 / (1.0 - std::round(rate * 256.0) / 256.0);
}

Values join_label(const Values& src, std::span<const std::int32_t> labels, std::int64_t classes,
                  std::int64_t rows_a_label) {
  const std::int64_t rows = std::ssize(labels) * rows_a_label;
  const std::int64_t channels = std::ssize(src) / rows;
  Values dst;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t c = 0; c < channels; ++c) {
      dst.push_back(src[row * channels + c]);
    }
    for (std::int64_t c = 0; c < classes; ++c) {
      dst.push_back({labels[row / rows_a_label] == c ? 1.0 : 0.0, 0.0});
    }
  }
  return dst;
}

Values select(const Values& src, std::span<const std::int32_t> labels) {
  const std::int64_t classes = std::ssize(src) / std::ssize(labels);
  Values dst;
  for (std::int64_t row = 0; row < std::ssize(labels); ++row) {
    dst.push_back(src[row * classes + labels[row]]);
  }
  return dst;
}

Values select_backward(const Values& diff_dst, std::span<const std::int32_t> labels, std::int64_t classes) {
  Values diff_src;
  for (std::int64_t row = 0; row < std::ssize(labels); ++row) {
    for (std::int64_t c = 0; c < classes; ++c) {
      diff_src.push_back(labels[row] == c ? diff_dst[row] : constant(0.0));
    }
  }
  return diff_src;
}

Values split_label(const Values& src, std::int64_t classes, std::int64_t channels) {
  Values dst;
  for (std::int64_t i = 0; i < std::ssize(src); ++i) {
    if (i % (channels + classes) < channels) {
      dst.push_back(src[i]);
    }
  }
  return dst;
}

namespace {

/// How much of pixel `src` of `size` pixel `dst` of the enlarged axis shows: the hat function between
/// centres.
double share_of(const net::Upsample& upsample, std::int64_t src, std::int64_t dst, std::int64_t size) {
  const auto factor = static_cast<double>(upsample.factor);
  if (upsample.mode == net::Upsample::Mode::nearest) {
    return dst / upsample.factor == src ? 1.0 : 0.0;
  }
  const double centre = (static_cast<double>(dst) + 0.5) / factor - 0.5;
  const double inside = std::clamp(centre, 0.0, static_cast<double>(size - 1));
  return std::max(0.0, 1.0 - std::abs(inside - static_cast<double>(src)));
}

double share_of(const net::AveragePool& pool, std::int64_t src, std::int64_t dst, std::int64_t) {
  return src / pool.factor == dst ? 1.0 / static_cast<double>(pool.factor) : 0.0;
}

template <class Layer>
ImageMap separable_map(const Layer& layer, const base::Shape& src) {
  const base::Shape dst = net::output_shape(layer, src);
  ImageMap map(static_cast<std::size_t>(dst[0] * dst[1]),
               std::vector<double>(static_cast<std::size_t>(src[0] * src[1])));
  for (std::int64_t d = 0; d < dst[0] * dst[1]; ++d) {
    for (std::int64_t s = 0; s < src[0] * src[1]; ++s) {
      map[d][s] =
          share_of(layer, s / src[1], d / dst[1], src[0]) * share_of(layer, s % src[1], d % dst[1], src[1]);
    }
  }
  return map;
}

}  // namespace

ImageMap image_map(const net::Upsample& upsample, const base::Shape& image) {
  return separable_map(upsample, image);
}

ImageMap image_map(const net::AveragePool& pool, const base::Shape& image) {
  return separable_map(pool, image);
}

ImageMap transposed(const ImageMap& map) {
  ImageMap result(map.front().size(), std::vector<double>(map.size()));
  for (std::size_t dst = 0; dst < map.size(); ++dst) {
    for (std::size_t src = 0; src < map[dst].size(); ++src) {
      result[src][dst] = map[dst][src];
    }
  }
  return result;
}

Values resampled(const ImageMap& map, std::int64_t channels, const Values& src) {
  const auto pixels = map.front().size();
  const std::size_t images = src.size() / pixels / static_cast<std::size_t>(channels);
  const auto width = static_cast<std::size_t>(channels);
  std::vector<Sum> sums(images * map.size() * width);
  for (std::size_t n = 0; n < images; ++n) {
    for (std::size_t d = 0; d < map.size(); ++d) {
      for (std::size_t s = 0; s < pixels; ++s) {
        for (std::size_t c = 0; c < width && map[d][s] != 0.0; ++c) {
          // A weight is a product of two that are rounded to f32 each.
          sums[(n * map.size() + d) * width + c].add_product(rounded({map[d][s], 0.0}, 3.0),
                                                             src[(n * pixels + s) * width + c]);
        }
      }
    }
  }
  return totals(sums);
}

void adam(const ops::AdamSettings& s, std::int64_t step, const Values& gradients, AdamState& state) {
  const auto t = static_cast<double>(step);
  const Bounded step_size = constant(s.learning_rate / (1.0 - std::pow(s.beta1, t)));
  const Bounded correction = constant(1.0 / std::sqrt(1.0 - std::pow(s.beta2, t)));
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const Bounded g = gradients[i];
    Bounded& m = state.first_moments[i];
    Bounded& v = state.second_moments[i];
    m = constant(s.beta1) * m + constant(1.0 - s.beta1) * g;
    v = constant(s.beta2) * v + constant(1.0 - s.beta2) * g * g;
    const Bounded denominator = square_root(v) * correction + constant(s.epsilon);
    state.parameters[i] = state.parameters[i] - step_size * m / denominator;
  }
}

}  // namespace ganymede::reference
