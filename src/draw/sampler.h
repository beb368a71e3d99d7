#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "artifacts/generator_file.h"
#include "draw/sheet.h"
#include "io/pictures/image.h"
#include "ops/device.h"
#include "train/sampling.h"

namespace ganymede::draw {

/// What to draw; by default the run's settings.
struct SampleSettings {
  std::optional<std::uint64_t> seed = {};  ///< of the latent points
  std::optional<double> temperature = {};  ///< how far they are spread
  std::optional<std::int64_t> label = {};  ///< of all images; otherwise each row of a grid has one
};

/// Images and their requested labels, which are zeros for a generator without labels.
struct Samples {
  Images images;                     ///< [count, height, width, channels]
  std::vector<std::int32_t> labels;  ///< [count]
};

/// Draws images with a saved generator. The same settings draw the same images.
class Sampler {
 public:
  /// Throws Error(usage) for a label that the generator does not take.
  explicit Sampler(artifacts::SavedGenerator generator, const SampleSettings& settings = {});
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  const artifacts::SavedGenerator& generator() const { return generator_; }  ///< The generator.
  const artifacts::GeneratorInfo& info() const { return generator_.info; }   ///< About the generator.
  std::uint64_t seed() const { return seed_; }  ///< The seed of the latent points.
  /// The number of labels; 0: the generator takes none.
  std::int64_t classes() const { return net::label_classes(generator_.spec); }
  std::int64_t latent_size() const { return maker_.latent_size(); }  ///< The numbers of a latent point.
  bool takes_labels() const { return maker_.takes_labels(); }        ///< Whether the generator takes a label.
  /// Whether each row of a grid has its own class.
  bool has_class_a_row() const { return takes_labels() && !label_; }
  const base::Shape& image_shape() const { return maker_.image_shape(); }  ///< [height, width, channels]

  /// `count` images, `columns` per row, each from its own latent point. Throws Error(usage) if they do not
  /// fit into memory.
  Samples draw(std::int64_t count, std::int64_t columns = 8);
  /// An image of each of these latent points [count, latent] and labels [count], of which a generator without
  /// labels takes none. Throws Error(usage) for sizes that do not fit the generator or each other and for a
  /// label that it does not take, and as above.
  Samples draw(std::span<const float> latents, std::span<const std::int32_t> labels);
  /// `rows` rows of `steps` images, each interpolating between two latent points. Throws as draw().
  Samples walk(std::int64_t rows, std::int64_t steps);
  /// Frames of an animation: each of `count` cells, `columns` per row, passes through its own latent points
  /// and back to the first. Throws as draw().
  std::vector<io::Image> animate(std::int64_t count, std::int64_t columns);
  /// Images as a sheet, `columns` per row.
  io::Image sheet(const Images& images, std::int64_t columns) const;

 private:
  std::vector<float> latents(std::int64_t count) const;
  std::vector<std::int32_t> labels(std::int64_t count, std::int64_t columns) const;
  std::span<float> point_of(std::vector<float>& points, std::int64_t n) const;
  void require_memory(std::int64_t count, std::int64_t copies) const;

  artifacts::SavedGenerator generator_;
  ops::Device device_;
  std::uint64_t seed_;
  std::optional<std::int64_t> label_;
  train::ImageMaker maker_;
};

}  // namespace ganymede::draw
