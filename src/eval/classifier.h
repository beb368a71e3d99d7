#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/program.h"

namespace ganymede::eval {

/// The results of a classifier on images.
struct Readings {
  std::int64_t feature_count = 0;    ///< features of an image
  std::int64_t classes = 0;          ///< number of labels
  std::vector<float> features;       ///< [count, feature_count]
  std::vector<float> probabilities;  ///< [count, classes]

  /// The number of images.
  std::int64_t count() const { return static_cast<std::int64_t>(features.size()) / feature_count; }
  /// The probabilities of an image's labels, [classes].
  std::span<const float> probabilities_of(std::int64_t image) const {
    return std::span(probabilities)
        .subspan(static_cast<std::size_t>(image * classes), static_cast<std::size_t>(classes));
  }
  /// The most probable label of an image.
  std::int32_t label(std::int64_t image) const;
};

/// A trained classifier, in f32. The features are the input of its last layer, a dense one.
class Classifier {
 public:
  /// Copies `weights`, which are those of `spec`; `device` must outlive it. Throws Error(configuration)
  /// unless the last layer is dense and there is another before it.
  Classifier(const net::NetSpec& spec, const net::Weights& weights, const ops::Device& device);

  /// [height, width, channels]
  const base::Shape& image_shape() const { return image_; }
  std::int64_t classes() const { return classes_; }  ///< The number of labels.
  /// The name of the layer that gives the features.
  const std::string& feature_layer() const { return feature_layer_; }

  /// Classifies images [count, height, width, channels] of bytes, scaled to 0 to 1 for the network.
  Readings read(std::span<const std::uint8_t> images);

 private:
  /// A part of the network with the weights that it has there.
  struct Part {
    Part(const net::NetSpec& spec, const net::Weights& from, std::size_t first_row,
         const ops::Device& device);
    std::unique_ptr<net::Weights> weights;
    net::Program program;
  };

  base::Shape image_;
  std::int64_t classes_;
  std::string feature_layer_;
  Part body_;  ///< image -> features
  Part head_;  ///< features -> logits
};

/// The share of correctly classified images.
double accuracy(const Readings& readings, std::span<const std::uint16_t> labels);

}  // namespace ganymede::eval
