#include "net/weights.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "ops/convert.h"

namespace ganymede::net {

using Role = WeightDeclaration::Role;

namespace {

/// Tensors begin at cache lines, in the bf16 shadow too.
constexpr std::int64_t alignment = 32;

std::int64_t aligned(std::int64_t elements) {
  return (elements + alignment - 1) / alignment * alignment;
}

std::size_t extent(const std::vector<WeightRow>& table, Role role) {
  std::int64_t end = 0;
  for (const WeightRow& row : table) {
    if (row.role == role) {
      end = row.offset + aligned(row.shape.elements());
    }
  }
  return static_cast<std::size_t>(end);
}

}  // namespace

std::vector<WeightRow> weight_table(const NetSpec& spec) {
  std::vector<WeightRow> table;
  std::int64_t end_of_parameters = 0;
  std::int64_t end_of_states = 0;
  const auto shapes = infer_shapes(spec);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (WeightDeclaration& declaration : weights_of(spec.layers[i], shapes[i].input, spec.initializer)) {
      std::int64_t& end = declaration.role == Role::parameter ? end_of_parameters : end_of_states;
      const std::int64_t begin = std::exchange(end, end + aligned(declaration.shape.elements()));
      declaration.torch_name =
          shapes[i].part(declaration.torch_name.empty() ? declaration.name : declaration.torch_name);
      declaration.name = shapes[i].part(declaration.name);
      table.push_back({std::move(declaration), static_cast<int>(i), begin});
    }
  }
  return table;
}

std::int64_t count(std::span<const WeightRow> table, Role role) {
  std::int64_t total = 0;
  for (const WeightRow& row : table) {
    total += row.role == role ? row.shape.elements() : 0;
  }
  return total;
}

Weights::Weights(const NetSpec& spec, dist::Part part)
    : table_(weight_table(spec)),
      parameters_(part.allocate(extent(table_, Role::parameter))),
      gradients_(part.allocate(extent(table_, Role::parameter))),
      states_(extent(table_, Role::state) * sizeof(float)) {}

void Weights::initialise(std::uint64_t seed, std::uint32_t first_stream) {
  for (std::uint32_t t = 0; t < table_.size(); ++t) {
    const WeightRow& row = table_[t];
    const base::RandomKey key{
        .seed = seed, .purpose = base::Purpose::initial_weights, .stream = first_stream + t};
    switch (row.fill.kind) {
      case Fill::Kind::constant:
        std::ranges::fill(values(row), row.fill.value);
        break;
      case Fill::Kind::uniform:
        base::fill_uniform(key, -row.fill.value, row.fill.value, values(row));
        break;
      case Fill::Kind::normal:
        base::fill_normal(key, 0.0F, row.fill.value, values(row));
        break;
    }
  }
  refresh_shadow();
}

void Weights::keep_shadow() {
  if (shadow_.size() == 0) {
    shadow_ = base::Buffer(parameters().size() * sizeof(base::bf16));
    refresh_shadow();
  }
}

void Weights::refresh_shadow() {
  if (shadow_.size() != 0) {
    ops::convert<float, base::bf16>(parameters(), shadow());
  }
}

std::span<float> Weights::values(const WeightRow& row) {
  return (row.role == Role::parameter ? parameters() : states()).subspan(row.offset, row.shape.elements());
}

std::span<const float> Weights::values(const WeightRow& row) const {
  return (row.role == Role::parameter ? parameters_.values() : states_.as<float>())
      .subspan(row.offset, row.shape.elements());
}

}  // namespace ganymede::net
