#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "codecs/image.h"

namespace ganymede::data {

struct Dataset;

/// What becomes of an image that is no square of the size that is asked for.
enum class Fit {
  none,    ///< it is refused, unless it is a square that can be made smaller
  crop,    ///< its largest square in the middle is taken
  pad,     ///< it is made as small as fits, and black is put around it
  stretch  ///< each side is made as long as is asked for, larger too
};

/// The words for them, as --fit and a recipe have them.
std::span<const std::pair<std::string_view, Fit>> words(Fit);

/// How the images of a source become those of a data set.
struct Preparation {
  std::int64_t size = 0;        ///< height and width, in pixels; 0: as they are
  Fit fit = Fit::none;          ///< what becomes of other images than squares
  std::int64_t split_seed = 0;  ///< by which images to test with and images held out are chosen
  /// Training images that take the place of the images to test with, and are not trained on: recipes are
  /// chosen by them, so that the images to test with have no part in that. 0: none.
  std::int64_t held_out = 0;

  /// Whether all settings are equal.
  friend bool operator==(const Preparation&, const Preparation&) = default;
};

/// Its keys in a recipe: see net/toml_fields.h.
template <class Visitor>
void fields(Preparation& preparation, Visitor& visit) {
  visit("size", preparation.size);
  visit("fit", preparation.fit);
  visit("split_seed", preparation.split_seed);
  visit("held_out", preparation.held_out);
}

/// The largest height and width of a data set's images.
inline constexpr int max_side = 1024;

/// Why fit_image() would refuse an image of this height and width, as the end of a sentence about images:
/// "not square"; nothing where it takes it.
std::string obstacle_to_fit(const Preparation& preparation, int height, int width);
/// What helps against that, as a sentence without its full stop.
std::string advice_on_fit(const Preparation& preparation);

/// The image as `preparation` wants it. Pixels become means over the area that they cover; where an image is
/// stretched to more pixels, they lie on the line between the nearest two. Nothing may be in the way: see
/// obstacle_to_fit().
codecs::Image fit_image(const codecs::Image& image, const Preparation& preparation);

/// Does that to every image of a data set. Throws Error(data) where something is in the way.
void fit_images(Dataset& dataset, const Preparation& preparation);

}  // namespace ganymede::data
