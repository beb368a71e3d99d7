#include "net/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"

namespace ganymede::net {

using base::Shape;

namespace {

using NamedLayers = std::vector<std::pair<std::string_view, LayerSpec>>;

template <class... Layers, class... Ops>
NamedLayers named_layers(KindList<Kind<Layers, Ops>...>) {
  NamedLayers all;
  const auto add = [&](const LayerSpec& layer) { all.emplace_back(kind_name(layer), layer); };
  const auto add_forms = [&]<class Layer>(const Layer& layer) {
    if constexpr (requires { forms(layer); }) {
      std::ranges::for_each(forms(layer), add);
    } else {
      add(layer);
    }
  };
  (add_forms(Layers{}), ...);
  return all;
}

}  // namespace

const NamedLayers& layer_kinds() {
  static const NamedLayers kinds = named_layers(Kinds{});
  return kinds;
}

LayerFacts facts_of(const LayerSpec& layer) {
  return std::visit([](const auto& description) { return facts(description); }, layer);
}

std::string_view kind_name(const LayerSpec& layer) {
  return facts_of(layer).word;
}

std::vector<WeightDeclaration> weights_of(const LayerSpec& layer, const Shape& input,
                                          Initializer initializer) {
  return std::visit(
      [&]<class Layer>(const Layer& description) -> std::vector<WeightDeclaration> {
        if constexpr (HasWeights<Layer>) {
          return declare(description, input, initializer);
        } else {
          return {};
        }
      },
      layer);
}

std::vector<LayerShape> infer_shapes(const NetSpec& spec) {
  std::vector<LayerShape> shapes;
  std::map<std::string_view, int> counts;
  Shape shape = spec.input;
  for (const LayerSpec& layer : spec.layers) {
    const std::string_view kind = kind_name(layer);
    std::string name = fmt::format("{}_{}", kind, ++counts[kind]);
    try {
      const Shape output =
          std::visit([&](const auto& description) { return output_shape(description, shape); }, layer);
      shapes.push_back({std::move(name), shape, output});
      shape = output;
    } catch (const base::Error& error) {
      throw base::Error(error.kind(),
                        {.where = fmt::format("{} layer {}, {}: {}", spec.name, shapes.size() + 1, name,
                                              std::string_view(error.what()))});
    }
  }
  return shapes;
}

Shape output_shape(const NetSpec& spec) {
  const auto shapes = infer_shapes(spec);
  return shapes.empty() ? spec.input : shapes.back().output;
}

std::int64_t label_classes(const NetSpec& spec) {
  for (const LayerSpec& layer : spec.layers) {
    if (const std::int64_t classes = facts_of(layer).classes; classes > 0) {
      return classes;
    }
  }
  return 0;
}

}  // namespace ganymede::net
