#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"
#include "bounded.h"
#include "net/layers/resample.h"
#include "ops/adam.h"
#include "ops/convolution/convolution.h"
#include "ops/elementwise/activation.h"
#include "ops/matmul.h"

/// What the operations of src/ops compute, as plainly as it can be written, in double. The results are in
/// f32; `stored` rounds them to the type of their memory.
namespace ganymede::reference {

/// One element of f(x).
Bounded activation(const ops::Activation& f, Bounded x);
Values activation(const ops::Activation& f, const Values& src);
/// f'(x), which smooth functions take from y = f(x); off by |1 - slope| where the sign of x is within its
/// error.
Bounded activation_derivative(const ops::Activation& f, Bounded x, Bounded y);

/// `bias` [columns], or empty; `before` is what dst held, used by a case that accumulates.
Values matmul(const ops::MatmulCase& c, const Values& src, const Values& weights, const Values& bias,
              const Values& before);

/// Keras' "same" padding of one axis of a convolution from `far` to `near` pixels. A transposed convolution
/// has that of the convolution that leads back.
struct Padding {
  std::int64_t before, behind;
};
Padding same_padding(std::int64_t far, std::int64_t near, std::int64_t kernel, std::int64_t stride);

Values convolution(const ops::ConvolutionCase& c, const ops::Epilogue& epilogue, const Values& src,
                   const Values& weights, const Values& bias);
Values convolution_backward_data(const ops::ConvolutionCase& c, const Values& diff_dst,
                                 const Values& weights);
Values convolution_backward_weights(const ops::ConvolutionCase& c, const Values& src, const Values& diff_dst);

/// src [rows, columns] -> [columns]
Values column_sum(const Values& src, std::size_t columns);

/// By channel, [channels].
struct BatchStatistics {
  Values mean, variance, inverse_deviation;
};
/// Of src [rows, channels].
BatchStatistics batch_statistics(const Values& src, std::size_t channels, double epsilon);
/// Those of inference.
BatchStatistics running_statistics(const Values& mean, const Values& variance, double epsilon);
Values batch_norm(const Values& src, const BatchStatistics& statistics, const Values& gamma,
                  const Values& beta);
struct BatchNormGradients {
  Values src, gamma, beta;
};
/// Where the statistics are those of src.
BatchNormGradients batch_norm_backward(const Values& src, const Values& diff_dst,
                                       const BatchStatistics& statistics, const Values& gamma);
/// Where they are constants.
BatchNormGradients batch_norm_backward_inference(const Values& src, const Values& diff_dst,
                                                 const BatchStatistics& statistics, const Values& gamma);
/// keep running + (1 - keep) batch.
Values moving_average(double keep, const Values& running, const Values& batch);
/// What the program knows of a batch's variance: 1 / inverse_deviation^2 - epsilon.
Values recovered_variance(const BatchStatistics& statistics, double epsilon);

/// Whether dropout keeps element n.
bool is_kept(const base::RandomKey& key, float rate, std::int64_t n);
/// What it is then multiplied with.
double dropout_scale(float rate);

/// [rows, channels] -> [rows, channels + classes], row r with the one-hot vector of label r / rows_a_label.
Values join_label(const Values& src, std::span<const std::int32_t> labels, std::int64_t classes,
                  std::int64_t rows_a_label);
/// [rows, channels + classes] -> [rows, channels]
Values split_label(const Values& src, std::int64_t classes, std::int64_t channels);

/// [rows, classes] -> [rows], and back
Values select(const Values& src, std::span<const std::int32_t> labels);
Values select_backward(const Values& diff_dst, std::span<const std::int32_t> labels, std::int64_t classes);

/// What each pixel of an image contributes to each pixel of a resampled one: rows[dst][src].
using ImageMap = std::vector<std::vector<double>>;
ImageMap image_map(const net::Upsample& upsample, const base::Shape& image);
ImageMap image_map(const net::AveragePool& pool, const base::Shape& image);
ImageMap transposed(const ImageMap& map);
/// The map of every image of src [batch, pixels, channels].
Values resampled(const ImageMap& map, std::int64_t channels, const Values& src);

struct AdamState {
  Values parameters, first_moments, second_moments;
};
void adam(const ops::AdamSettings& settings, std::int64_t step, const Values& gradients, AdamState& state);

}  // namespace ganymede::reference
