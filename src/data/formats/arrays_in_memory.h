#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codecs/npy.h"
#include "data/dataset.h"

namespace ganymede::data {

/// Images that a program has in memory, as views of its arrays. Images are [count, height, width], or with
/// one channel or three [count, height, width, channels] or [count, channels, height, width]; bytes,
/// booleans, or floats from 0 to 1, -1 to 1 or 0 to 255, which the training images decide. Labels are whole
/// numbers from 0, [count] or [count, 1].
struct ImageArrays {
  codecs::NpyView images;                           ///< to train on
  std::optional<codecs::NpyView> labels = {};       ///< of the images
  std::optional<codecs::NpyView> test_images = {};  ///< nothing: a tenth of the images is cut off
  std::optional<codecs::NpyView> test_labels = {};  ///< of those
  std::vector<std::string> class_names = {};        ///< of the labels 0, 1, ...; empty: the numbers
};

/// What data sets of arrays are called.
inline constexpr const char* arrays_name = "arrays";

/// A data set of these images, which are copied, with those to test with. Throws Error(data).
Dataset dataset_of(const ImageArrays& arrays, const Preparation& preparation = {});

}  // namespace ganymede::data
