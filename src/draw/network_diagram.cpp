#include "draw/network_diagram.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/number.h"

namespace ganymede::draw {

namespace {

/// The colour of a kind of layer; layers with weights have strong colours.
std::string_view fill_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> fills = {{
      {"Input", "#FFFFFF"},
      {"Dense", "#CFE3F5"},
      {"Conv2D", "#CFEBDD"},
      {"Conv2DTranspose", "#DDEBC8"},
      {"Residual", "#C3E4D6"},
      {"UpSampling2D", "#F0F0F0"},
      {"AveragePooling2D", "#F0F0F0"},
      {"BatchNormalization", "#FBE8C8"},
      {"Dropout", "#F0F0F0"},
      {"Reshape", "#F0F0F0"},
      {"Flatten", "#F0F0F0"},
      {"Concatenate", "#E9DDF3"},
      {"Generator", "#CFE3F5"},
      {"Encoder", "#CFEBDD"},
      {"Sampling", "#E9DDF3"},
      {"Discriminator, frozen", "#E4E4E4"},
  }};
  for (const auto& [name, fill] : fills) {
    if (name == type) {
      return fill;
    }
  }
  return "#FBDCD2";  // activations
}

/// A node of two lines: the layer, and its shape with its parameters.
std::string node(const std::string& id, const std::string& name, std::string_view type,
                 const std::string& detail) {
  return fmt::format(
      "    {} [fillcolor=\"{}\", label=<<b>{}</b> <font color=\"#606060\">{}</font><br/>"
      "<font point-size=\"10\" color=\"#404040\">{}</font>>];\n",
      id, fill_of(type), name, type, detail);
}

std::string detail_of(const LayerRow& layer) {
  const std::string shape = keras_shape(layer.output);
  return layer.parameters == 0 ? shape
                               : fmt::format("{} · {} params", shape, base::grouped(layer.parameters));
}

std::string cluster(const NetworkTable& network, std::size_t index) {
  const auto id = [&](std::size_t layer) { return fmt::format("n{}_{}", index, layer); };
  std::string text = fmt::format(
      "  subgraph cluster_{} {{\n"
      "    style=rounded; color=\"#B0B0B0\"; margin=14;\n"
      "    label=<<b>{}</b><br/><font point-size=\"10\">{} trainable, {} not</font>>;\n",
      index, network.name, base::grouped(network.trainable), base::grouped(network.non_trainable));
  text += node(id(0), "input", "Input", keras_shape(network.input));
  for (std::size_t layer = 0; layer < network.rows.size(); ++layer) {
    const LayerRow& row = network.rows[layer];
    text += node(id(layer + 1), row.name, row.type, detail_of(row));
    text += fmt::format("    {} -> {};\n", id(layer), id(layer + 1));
  }
  if (network.classes > 0) {
    const std::string label = fmt::format("n{}_label", index);
    text += node(label, "label", "Input", fmt::format("(None,) · {} classes", network.classes));
    for (std::size_t layer = 0; layer < network.rows.size(); ++layer) {
      if (network.rows[layer].type == "Concatenate" || network.name == "composite") {
        text += fmt::format("    {} -> {};\n", label, id(layer + 1));
      }
    }
  }
  return text + "  }\n";
}

}  // namespace

std::string to_dot(std::span<const NetworkTable> networks, const std::string& title) {
  std::string text = fmt::format(
      "digraph networks {{\n"
      "  graph [label=\"{}\", labelloc=t, fontname=\"Helvetica\", fontsize=18, nodesep=0.35, ranksep=0.28, "
      "pad=0.3, bgcolor=white];\n"
      "  node [shape=box, style=\"filled,rounded\", color=\"#808080\", fontname=\"Helvetica\", fontsize=12, "
      "margin=\"0.18,0.07\", width=2.7];\n"
      "  edge [color=\"#808080\", arrowsize=0.6];\n",
      title);
  for (std::size_t n = 0; n < networks.size(); ++n) {
    text += cluster(networks[n], n);
  }
  return text + "}\n";
}

}  // namespace ganymede::draw
