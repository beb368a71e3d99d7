#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "net/program.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// A generator that only makes images: without dropout and with running statistics.
class ImageMaker {
 public:
  /// The images that are worked through at a time where nothing else is asked for.
  static constexpr std::int64_t usual_batch = 200;

  /// Shares `weights`, which must outlive it. Works through `batch` images at a time.
  ImageMaker(const net::NetSpec& generator, net::Weights& weights, const ops::Device& device,
             base::DType precision, std::int64_t batch = usual_batch);

  std::int64_t latent_size() const { return spec_.input.back(); }  ///< The numbers of a latent point.
  /// The number of labels; 0: the generator takes none.
  std::int64_t label_classes() const { return net::label_classes(spec_); }
  bool takes_labels() const { return label_classes() > 0; }  ///< Whether the generator takes a label.
  const base::Shape& image_shape() const { return image_; }  ///< [height, width, channels]

  /// images [count, height, width, channels] from latents [count, latent] and, where labels are taken, labels
  /// [count].
  void make(std::span<const float> latents, std::span<const std::int32_t> labels, std::span<float> images);

 private:
  net::NetSpec spec_;
  std::int64_t batch_;
  base::Shape image_;
  net::Program program_;
};

/// The latent points of the grid that a run draws after each epoch, and of `sample` with the same seed: point
/// n is the n-th stretch of the sequence RandomKey{seed, sample_latent}, times the recipe's temperature.
/// [count, latent]
std::vector<float> sample_latents(const Recipe& recipe, std::uint64_t seed, std::int64_t count);

/// Labels for `count` images in a grid of `columns`: all `label`, or a class a row, 0, 1, ... by turns.
std::vector<std::int32_t> sample_labels(std::int64_t count, std::int64_t columns, std::int64_t classes,
                                        std::optional<std::int64_t> label = std::nullopt);

/// `count` labels in the shares that `labels`, a data set's, have, as exactly as whole numbers can, in the
/// random order of RandomKey{seed, sample_label}.
std::vector<std::int32_t> labels_in_shares_of(std::span<const std::uint16_t> labels, std::uint64_t seed,
                                              std::int64_t count);

}  // namespace ganymede::train
