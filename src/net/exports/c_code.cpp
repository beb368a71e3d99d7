#include "net/exports/c_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "net/weights.h"

namespace ganymede::net {

namespace {

template <class... Layers, class... Ops>
std::string join_sources(KindList<Kind<Layers, Ops>...>) {
  std::string types;
  std::string functions;
  const auto add = [&](const auto& layer) {
    if constexpr (requires { c_source(layer); }) {
      const CSource source = c_source(layer);
      types += source.types;
      functions += source.functions;
    }
  };
  (add(Layers{}), ...);
  return types + functions;
}

}  // namespace

std::string c_kernels() {
  return join_sources(Kinds{});
}

CCode::CCode(const NetSpec& spec, const Weights& weights)
    : network_(spec.name), weights_(weights), largest_(spec.input.elements()) {
  const std::vector<LayerShape> shapes = infer_shapes(spec);
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    hold(shapes[n].output.elements());
    std::visit([&](const auto& layer) { write_c(layer, shapes[n], *this); }, spec.layers[n]);
  }
}

void CCode::hold(std::int64_t elements) {
  largest_ = std::max(largest_, elements);
}

void CCode::line(const std::string& statement) {
  lines_ += "  " + statement + "\n";
}

std::string CCode::constant(std::string_view type, const std::string& name, std::string_view value) {
  std::string full = c_name(name);
  arrays_ += fmt::format("\nstatic const {} {} = {};\n", type, full, value);
  return full;
}

std::string CCode::array(const std::string& name, std::span<const float> values) {
  constexpr std::size_t numbers_a_line = 8;
  std::string full = c_name(name);
  arrays_ += fmt::format("\nstatic const float {}[{}] = {{", full, values.size());
  for (std::size_t n = 0; n < values.size(); ++n) {
    fmt::format_to(std::back_inserter(arrays_), "{}{:#}f,", n % numbers_a_line == 0 ? "\n  " : " ",
                   values[n]);
  }
  arrays_ += "\n};\n";
  return full;
}

std::string CCode::weight(const std::string& name, bool exists) {
  return exists ? array(name, values(name)) : "0";
}

std::span<const float> CCode::values(const std::string& name) const {
  return weights_.values(*std::ranges::find(weights_.table(), name, &WeightRow::name));
}

/// "generator_dense_1_weight" for "dense_1.weight".
std::string CCode::c_name(std::string name) const {
  std::ranges::replace(name, '.', '_');
  return network_ + "_" + name;
}

char CCode::use(char piece) {
  last_piece_ = std::max(last_piece_, piece);
  return piece;
}

}  // namespace ganymede::net
