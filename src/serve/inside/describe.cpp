#include "serve/inside/describe.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "ops/elementwise/reduce.h"
#include "serve/http/encoding.h"
#include "serve/inside/layer_words.h"

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;
using Role = net::WeightDeclaration::Role;

bool is_image(const base::Shape& shape) {
  return shape.rank() == 3;
}

/// What is shown of a tensor of this shape.
base::Shape shown_shape(const base::Shape& shape, Share share) {
  constexpr std::int64_t most_channels = 9;
  constexpr std::int64_t most_numbers = 1024;
  if (share == Share::whole) {
    return shape;
  }
  return is_image(shape) ? base::Shape{shape[0], shape[1], std::min(shape[2], most_channels)}
                         : base::Shape{std::min(shape.elements(), most_numbers)};
}

std::vector<float> shown_of(std::span<const float> values, const base::Shape& shape,
                            const base::Shape& shown) {
  if (!is_image(shape)) {
    const std::span first = values.first(static_cast<std::size_t>(shown.elements()));
    return {first.begin(), first.end()};
  }
  std::vector<float> all;
  all.reserve(static_cast<std::size_t>(shown.elements()));
  for (std::size_t pixel = 0; pixel < values.size(); pixel += static_cast<std::size_t>(shape.back())) {
    const std::span channels = values.subspan(pixel, static_cast<std::size_t>(shown.back()));
    all.insert(all.end(), channels.begin(), channels.end());
  }
  return all;
}

float largest_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0F,
                         [](float most, float value) { return std::max(most, std::abs(value)); });
}

Json statistics_of(std::span<const float> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, float value) {
    return sum + (value - mean) * (value - mean);
  });
  return {{"low", low}, {"high", high}, {"mean", mean}, {"deviation", std::sqrt(squares / count)}};
}

/// How many values there are in each of equal parts of the range from the lowest to the highest.
std::vector<std::int64_t> histogram_of(std::span<const float> values, float low, float high) {
  constexpr std::size_t parts = 40;
  std::vector<std::int64_t> counts(parts);
  const float scale = high > low ? static_cast<float>(parts) / (high - low) : 0.0F;
  for (const float value : values) {
    const float place = (value - low) * scale;
    if (place >= 0.0F) {  // which it is not in a network that has diverged
      ++counts[static_cast<std::size_t>(std::min(place, static_cast<float>(parts - 1)))];
    }
  }
  return counts;
}

/// Weights that can be seen as pictures.
struct Filters {
  std::int64_t count, height, width;
  std::function<float(std::int64_t filter, std::int64_t pixel)> at;
};

/// Of a convolution [out, kernel, kernel, in]: by output and, where there are several, input channel. Of a
/// dense layer [out, in] on an image in a row: by output, from each pixel. `pixels` is the image's shape.
std::optional<Filters> filters_of(const net::WeightRow& row, std::span<const float> values,
                                  const base::Shape& pixels) {
  constexpr std::int64_t most = 64;
  constexpr std::int64_t most_inputs = 8;
  const base::Shape& shape = row.shape;
  if (shape.rank() == 4) {
    const std::int64_t inputs = std::min(shape[3], most_inputs);
    const std::int64_t area = shape[1] * shape[2];
    return Filters{
        std::min(shape[0], most / inputs) * inputs, shape[1], shape[2],
        [=, in = shape[3]](std::int64_t filter, std::int64_t pixel) {
          return values[static_cast<std::size_t>(((filter / inputs) * area + pixel) * in + filter % inputs)];
        }};
  }
  if (shape.rank() == 2 && is_image(pixels) && shape[1] == pixels.elements()) {
    return Filters{std::min(shape[0], most), pixels[0], pixels[1],
                   [=, in = shape[1], channels = pixels[2]](std::int64_t filter, std::int64_t pixel) {
                     return values[static_cast<std::size_t>(filter * in + pixel * channels)];
                   }};
  }
  return std::nullopt;
}

/// The filters beside each other, as channels of one picture.
Json describe_filters(const Filters& filters) {
  std::vector<float> all;
  for (std::int64_t pixel = 0; pixel < filters.height * filters.width; ++pixel) {
    for (std::int64_t filter = 0; filter < filters.count; ++filter) {
      all.push_back(filters.at(filter, pixel));
    }
  }
  const float largest = largest_of(all);
  return {{"shape", {filters.height, filters.width, filters.count}},
          {"largest", largest},
          {"values", base64_of_range(all, -largest, largest)}};
}

/// The shape that the input of a layer had before it was put in a row.
base::Shape image_before(std::span<const net::LayerShape> shapes, std::size_t layer) {
  const base::Shape& input = shapes[layer].input;
  return layer > 0 && !is_image(input) && shapes[layer - 1].input.elements() == input.elements()
             ? shapes[layer - 1].input
             : input;
}

}  // namespace

std::vector<std::int64_t> sizes_of(const base::Shape& shape) {
  return {shape.sizes().begin(), shape.sizes().end()};
}

Json describe_network(const net::NetSpec& spec) {
  Json layers = Json::array();
  const auto shapes = net::infer_shapes(spec);
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    const std::string_view kind = net::kind_name(spec.layers[n]);
    layers.push_back({{"name", shapes[n].name},
                      {"kind", kind},
                      {"does", sentence_of(kind)},
                      {"shape", sizes_of(shapes[n].output)},
                      {"parameters", 0},
                      {"weights", Json::array()}});
  }
  std::int64_t trainable = 0;
  for (const net::WeightRow& row : net::weight_table(spec)) {
    Json& layer = layers[static_cast<std::size_t>(row.layer)];
    const bool trained = row.role == Role::parameter;
    layer["parameters"] = layer["parameters"].get<std::int64_t>() + row.shape.elements();
    layer["weights"].push_back({{"name", row.name}, {"shape", sizes_of(row.shape)}, {"trained", trained}});
    trainable += trained ? row.shape.elements() : 0;
  }
  return {{"input", sizes_of(spec.input)},
          {"classes", net::label_classes(spec)},
          {"trainable", trainable},
          {"layers", layers}};
}

Json describe_values(std::span<const float> values, const base::Shape& shape, Share share) {
  Json json = statistics_of(values);
  const base::Shape shown = shown_shape(shape, share);
  json["shown"] = sizes_of(shown);
  json["values"] =
      base64_of_range(shown_of(values, shape, shown), json["low"].get<float>(), json["high"].get<float>());
  return json;
}

Json describe_gradient(std::span<const float> gradient, const base::Shape& shape, Share share) {
  const base::Shape shown = shown_shape(shape, share);
  const float largest = largest_of(gradient);
  return {{"norm", ops::norm(gradient)},
          {"largest", largest},
          {"shown", sizes_of(shown)},
          {"values", base64_of_range(shown_of(gradient, shape, shown), -largest, largest)}};
}

Json describe_weights(const net::NetSpec& spec, const net::Weights& weights, std::size_t layer) {
  const auto shapes = net::infer_shapes(spec);
  Json all = Json::array();
  for (const net::WeightRow& row : weights.table()) {
    if (row.layer != static_cast<int>(layer)) {
      continue;
    }
    const std::span values = weights.values(row);
    Json json = statistics_of(values);
    json["name"] = row.name;
    json["shape"] = sizes_of(row.shape);
    json["trained"] = row.role == Role::parameter;
    json["histogram"] = histogram_of(values, json["low"].get<float>(), json["high"].get<float>());
    if (const auto filters = filters_of(row, values, image_before(shapes, layer))) {
      json["filters"] = describe_filters(*filters);
    }
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace ganymede::serve
