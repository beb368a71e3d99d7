#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "net/spec.h"
#include "net/weights.h"

/// Networks and their numbers as JSON for the page.
namespace ganymede::serve {

std::vector<std::int64_t> sizes_of(const base::Shape& shape);

/// Layers with their shapes, parameters, weights and a sentence about each.
nlohmann::ordered_json describe_network(const net::NetSpec& spec);

/// How much of a tensor is shown.
enum class Share {
  beginning,  ///< so many channels of an image, or numbers of a row, as a small picture has room for
  whole
};

/// A layer's output [..., channels]: its lowest and highest number, mean and deviation, and as much as is
/// `shown` of it ("shown" has the shape) as bytes from the lowest to the highest.
nlohmann::ordered_json describe_values(std::span<const float> values, const base::Shape& shape, Share share);

/// A gradient of that shape: its L2 norm, its largest absolute number, and as much as is shown of it as bytes
/// around 127.5, which is zero.
nlohmann::ordered_json describe_gradient(std::span<const float> gradient, const base::Shape& shape,
                                         Share share);

/// The weights of one layer: a histogram of each tensor, and pictures of the filters where there are any.
nlohmann::ordered_json describe_weights(const net::NetSpec& spec, const net::Weights& weights,
                                        std::size_t layer);

}  // namespace ganymede::serve
