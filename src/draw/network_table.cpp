#include "draw/network_table.h"

#include <fmt/format.h>

#include "base/number.h"
#include "net/weights.h"

namespace ganymede::draw {

namespace {

using Role = net::WeightDeclaration::Role;

/// A whole network as one row of another's table.
LayerRow as_layer(const NetworkTable& network, std::string_view type, std::optional<net::Family> family) {
  return {.name = network.name,
          .type = type,
          .family = family,
          .takes_label = network.classes > 0,
          .output = network.rows.empty() ? network.input : network.rows.back().output,
          .parameters = network.trainable + network.non_trainable};
}

std::string totals(const NetworkTable& table) {
  const auto line = [](std::string_view name, std::int64_t count) {
    return fmt::format("{}: {} ({})\n", name, base::grouped(count),
                       base::byte_count(static_cast<double>(count) * sizeof(float)));
  };
  return line("Total params", table.trainable + table.non_trainable) +
         line("Trainable params", table.trainable) + line("Non-trainable params", table.non_trainable);
}

}  // namespace

NetworkTable make_table(const net::NetSpec& network) {
  NetworkTable table{.name = network.name, .input = network.input, .classes = net::label_classes(network)};
  const auto shapes = net::infer_shapes(network);
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    const net::LayerFacts facts = net::facts_of(network.layers[n]);
    table.rows.push_back({shapes[n].name, facts.keras, facts.family, facts.classes > 0, shapes[n].output});
  }
  for (const net::WeightRow& weight : net::weight_table(network)) {
    const std::int64_t count = weight.shape.elements();
    table.rows[static_cast<std::size_t>(weight.layer)].parameters += count;
    (weight.role == Role::parameter ? table.trainable : table.non_trainable) += count;
  }
  return table;
}

NetworkTable make_composite_table(const NetworkTable& generator, const NetworkTable& discriminator) {
  NetworkTable table{
      .name = "composite",
      .input = generator.input,
      .classes = generator.classes,
      .trainable = generator.trainable,
      .non_trainable = generator.non_trainable + discriminator.trainable + discriminator.non_trainable};
  table.rows = {as_layer(generator, "Generator", net::Family::dense),
                as_layer(discriminator, "Discriminator, frozen", std::nullopt)};
  return table;
}

NetworkTable make_autoencoder_table(const NetworkTable& encoder, const NetworkTable& generator) {
  return {.name = "autoencoder",
          .input = encoder.input,
          .rows = {as_layer(encoder, "Encoder", net::Family::convolution),
                   {"latent", "Sampling", net::Family::label, false, generator.input},
                   as_layer(generator, "Generator", net::Family::dense)},
          .trainable = encoder.trainable + generator.trainable,
          .non_trainable = encoder.non_trainable + generator.non_trainable};
}

std::string keras_shape(const base::Shape& shape) {
  std::string text = "(None";
  for (const std::int64_t size : shape.sizes()) {
    text += fmt::format(", {}", size);
  }
  return text + ")";
}

std::string to_text(const NetworkTable& table) {
  constexpr int width = 78;
  constexpr std::string_view row = " {:<38}{:<24}{:>14}\n";
  std::string text = fmt::format("Model: \"{}\"\n{:_<{}}\n", table.name, "", width);
  text += fmt::format(row, "Layer (type)", "Output Shape", "Param #");
  text += fmt::format("{:=<{}}\n", "", width);
  text += fmt::format(row, "input (Input)", keras_shape(table.input), 0);
  if (table.classes > 0) {
    text += fmt::format(row, fmt::format("label (Input, {} classes)", table.classes), "(None,)", 0);
  }
  for (const LayerRow& layer : table.rows) {
    text += fmt::format(row, fmt::format("{} ({})", layer.name, layer.type), keras_shape(layer.output),
                        base::grouped(layer.parameters));
  }
  return text + fmt::format("{:=<{}}\n{}", "", width, totals(table));
}

}  // namespace ganymede::draw
