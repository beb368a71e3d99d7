#pragma once

#include <optional>
#include <string>

#include "codecs/npy.h"
#include "data/dataset.h"
#include "data/formats/parts/pixel_values.h"

namespace ganymede::data {

/// An array, and what it is called in notes and in errors.
struct NamedArray {
  codecs::NpyView values;
  std::string name;
  std::string where;
};

/// Makes the splits of a data set from arrays, the training images first: they decide the size of the images,
/// the range of the values, and whether there are labels.
class SplitReader {
 public:
  SplitReader() = default;
  /// `dataset` must outlive it.
  explicit SplitReader(Dataset& dataset) : dataset_(&dataset) {}

  /// Images as read_numpy_arrays() takes them, and labels, which are whole numbers, [count] or [count, 1].
  /// Throws Error(data).
  void read(const NamedArray& images, const std::optional<NamedArray>& labels, Split& split);
  /// Whether the training images have labels.
  bool labelled() const { return labelled_; }

 private:
  Dataset* dataset_ = nullptr;
  std::optional<ValueRange> range_;  // nothing before the training images
  bool labelled_ = false;
};

}  // namespace ganymede::data
