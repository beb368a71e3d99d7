#pragma once

#include <toml++/toml.h>

#include <cstdint>

#include "base/shape.h"
#include "data/dataset.h"

namespace ganymede::train {

/// What the networks must know of the data; at first that of MNIST.
struct DataShape {
  base::Shape image{28, 28, 1};  ///< [height, width, channels]
  std::int64_t classes = 10;     ///< 0: there are no labels
  std::int64_t images = 60000;   ///< to train on
};

/// The shape of a data set, and how many images it has to train on.
DataShape shape_of(const data::Dataset& dataset);

/// Writes out what a recipe leaves to the data, so that each layer has numbers only:
/// - A number of a layer may be an expression (see evaluate()) of `height`, `width` and `channels` of the
/// images,
///   the number of `classes`, and `labels`, which is 1 where there are at least two classes and 0 elsewhere.
/// - `[maps] halve_to = 16` halves both sides of the image until none is above 16, and at least
/// `halve_at_least`
///   (1) times. This gives the names `halvings`, and `map_height` and `map_width`, the sides that are left.
///   `begin_at = 8` goes on with these while one is above 8 and both are even, for a generator that begins
///   with smaller maps where it can: `begin_height`, `begin_width`, and `doublings` from there to the image.
/// - A layer with `when = EXPRESSION` is left out where the expression is zero.
/// - `{ repeat = EXPRESSION, layers = [...] }` stands for that many copies of its layers.
/// Throws Error(configuration) where a side is odd before it is to be halved, and for expressions that have
/// no value.
void fit_to_data(toml::table& recipe, const DataShape& data);

}  // namespace ganymede::train
