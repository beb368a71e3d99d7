#include "draw/network_diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/number.h"

namespace ganymede::draw {

namespace {

constexpr std::string_view white = "#FFFFFF";

/// What has weights stands out.
std::string_view fill_of(const std::optional<net::Family>& family) {
  constexpr std::string_view frozen = "#E4E4E4";
  constexpr std::array fills = {
      std::pair{net::Family::dense, "#CFE3F5"},
      std::pair{net::Family::convolution, "#CFEBDD"},
      std::pair{net::Family::transposed_convolution, "#DDEBC8"},
      std::pair{net::Family::block, "#C3E4D6"},
      std::pair{net::Family::normalisation, "#FBE8C8"},
      std::pair{net::Family::activation, "#FBDCD2"},
      std::pair{net::Family::label, "#E9DDF3"},
      std::pair{net::Family::other, "#F0F0F0"},
  };
  return family ? std::ranges::find(fills, *family, &decltype(fills)::value_type::first)->second : frozen;
}

/// A node of two lines: the layer, and its shape with its parameters.
std::string node(const std::string& id, std::string_view fill, const std::string& name, std::string_view type,
                 const std::string& detail) {
  return fmt::format(
      "    {} [fillcolor=\"{}\", label=<<b>{}</b> <font color=\"#606060\">{}</font><br/>"
      "<font point-size=\"10\" color=\"#404040\">{}</font>>];\n",
      id, fill, name, type, detail);
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
  text += node(id(0), white, "input", "Input", keras_shape(network.input));
  for (std::size_t layer = 0; layer < network.rows.size(); ++layer) {
    const LayerRow& row = network.rows[layer];
    text += node(id(layer + 1), fill_of(row.family), row.name, row.type, detail_of(row));
    text += fmt::format("    {} -> {};\n", id(layer), id(layer + 1));
  }
  if (network.classes > 0) {
    const std::string label = fmt::format("n{}_label", index);
    text += node(label, white, "label", "Input", fmt::format("(None,) · {} classes", network.classes));
    for (std::size_t layer = 0; layer < network.rows.size(); ++layer) {
      if (network.rows[layer].takes_label) {
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
