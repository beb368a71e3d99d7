#include "io/networks/channels_first.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "base/refusal.h"

namespace ganymede::io {

namespace {

using base::Shape;

/// The order of a sample's elements between two layers: element i channels-first is element order[i] here.
using Order = std::vector<std::int64_t>;

constexpr base::Refusal refuse{base::ErrorKind::configuration,
                               "Put a dense layer between, or keep the generator in Ganymede's own format"};

Order identity(std::int64_t elements) {
  Order order(static_cast<std::size_t>(elements));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Of an image [height, width, channels].
Order image_order(const Shape& image) {
  Order order;
  for (std::int64_t channel = 0; channel < image[2]; ++channel) {
    for (std::int64_t pixel = 0; pixel < image[0] * image[1]; ++pixel) {
      order.push_back(pixel * image[2] + channel);
    }
  }
  return order;
}

/// The order with elements joined behind that stay in place.
Order extended(Order order, std::int64_t elements) {
  for (auto n = static_cast<std::int64_t>(order.size()); n < elements; ++n) {
    order.push_back(n);
  }
  return order;
}

/// The orders before each layer and behind the last.
class Orders {
 public:
  explicit Orders(const net::NetSpec& spec) : shapes_(net::infer_shapes(spec)) {
    samples_.push_back(spec.input);
    for (std::size_t n = 0; n < shapes_.size(); ++n) {
      samples_.push_back(shapes_[n].output);
      const net::Order order = net::facts_of(spec.layers[n]).order;
      keeps_.push_back(order == net::Order::kept ||
                       (order == net::Order::kept_in_features && shapes_[n].input.rank() == 1));
    }
    fix_images_and_ends();
    spread();
    require_agreement();
  }

  const Order& before(std::size_t layer) const { return *orders_[layer]; }
  const Order& behind(std::size_t layer) const { return *orders_[layer + 1]; }

 private:
  void fix_images_and_ends() {
    orders_.resize(samples_.size());
    for (std::size_t n = 0; n < samples_.size(); ++n) {
      if (samples_[n].rank() == 3) {
        orders_[n] = image_order(samples_[n]);
      } else if (samples_[n].rank() != 1) {
        refuse(n == 0 ? "input" : shapes_[n - 1].name, "a sample of shape " + samples_[n].to_string(),
               "[features] or [height, width, channels]");
      }
    }
    for (const std::size_t end : {std::size_t{0}, samples_.size() - 1}) {
      if (!orders_[end]) {
        orders_[end] = identity(samples_[end].elements());
      }
    }
  }

  /// What an image decides holds behind it, then before it; where nothing decides, the order stays.
  void spread() {
    for (std::size_t n = 0; n < keeps_.size(); ++n) {
      if (keeps_[n] && orders_[n] && !orders_[n + 1]) {
        orders_[n + 1] = extended(*orders_[n], samples_[n + 1].elements());
      }
    }
    for (std::size_t n = keeps_.size(); n-- > 0;) {
      if (keeps_[n] && !orders_[n] && orders_[n + 1]) {
        orders_[n] = *orders_[n + 1];
        orders_[n]->resize(static_cast<std::size_t>(samples_[n].elements()));
      }
    }
    for (std::size_t n = 0; n < orders_.size(); ++n) {
      if (!orders_[n]) {
        orders_[n] = identity(samples_[n].elements());
      }
    }
  }

  void require_agreement() const {
    for (std::size_t n = 0; n < keeps_.size(); ++n) {
      if (keeps_[n] && extended(*orders_[n], samples_[n + 1].elements()) != *orders_[n + 1]) {
        refuse(shapes_[n].name,
               fmt::format("{} behind {}", samples_[n + 1].to_string(), samples_[n].to_string()),
               "elements that keep their order with the channels first");
      }
    }
  }

  std::vector<net::LayerShape> shapes_;
  std::vector<Shape> samples_;
  std::vector<bool> keeps_;
  std::vector<std::optional<Order>> orders_;
};

ChannelsFirstTensor lay_out(const net::WeightRow& row, const Order& before, const Order& behind) {
  using Elements = net::WeightAxis::Elements;
  std::vector<std::int64_t> sizes;
  Order source = {0};
  for (const auto& [axis, elements] : row.axes) {
    const std::span<const std::int64_t> within = row.shape.sizes().subspan(axis + 1);
    const std::int64_t stride =
        std::accumulate(within.begin(), within.end(), std::int64_t{1}, std::multiplies<>());
    const Order order = elements == Elements::of_input    ? before
                        : elements == Elements::of_output ? behind
                                                          : identity(row.shape[axis]);
    Order longer;
    for (const std::int64_t begin : source) {
      std::ranges::transform(order, std::back_inserter(longer),
                             [&](std::int64_t element) { return begin + element * stride; });
    }
    source = std::move(longer);
    sizes.push_back(row.shape[axis]);
  }
  return {row.torch_name, base::Shape(sizes), std::move(source)};
}

}  // namespace

std::vector<ChannelsFirstTensor> channels_first_layout(const net::NetSpec& spec) {
  const Orders orders(spec);
  std::vector<ChannelsFirstTensor> tensors;
  for (const net::WeightRow& row : net::weight_table(spec)) {
    const auto layer = static_cast<std::size_t>(row.layer);
    tensors.push_back(lay_out(row, orders.before(layer), orders.behind(layer)));
  }
  return tensors;
}

std::vector<float> to_channels_first(const ChannelsFirstTensor& tensor, std::span<const float> row) {
  std::vector<float> values;
  values.reserve(tensor.source.size());
  for (const std::int64_t source : tensor.source) {
    values.push_back(row[static_cast<std::size_t>(source)]);
  }
  return values;
}

void from_channels_first(const ChannelsFirstTensor& tensor, std::span<const float> values,
                         std::span<float> row) {
  for (std::size_t n = 0; n < tensor.source.size(); ++n) {
    row[static_cast<std::size_t>(tensor.source[n])] = values[n];
  }
}

net::Weights from_channels_first(
    const net::NetSpec& spec,
    const std::function<std::span<const float>(const ChannelsFirstTensor&)>& values_of) {
  net::Weights weights(spec);
  const std::vector<ChannelsFirstTensor> layout = channels_first_layout(spec);
  for (std::size_t n = 0; n < layout.size(); ++n) {
    from_channels_first(layout[n], values_of(layout[n]), weights.values(weights.table()[n]));
  }
  weights.refresh_shadow();
  return weights;
}

}  // namespace ganymede::io
