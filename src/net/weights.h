#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "dist/group.h"
#include "dist/memory.h"
#include "net/spec.h"

namespace ganymede::net {

/// Where one tensor of a network's weights is, under its full name: "dense_2.weight". The table of these rows
/// is the only list of a network's weights: programs, files, summaries and tests loop over it.
struct WeightRow : WeightDeclaration {
  int layer = 0;
  std::int64_t offset = 0;  ///< in elements, within the parameters or within the states
};
std::vector<WeightRow> weight_table(const NetSpec& spec);

/// How many numbers the rows of `role` hold.
std::int64_t count(std::span<const WeightRow> table, WeightDeclaration::Role role);

/// The weights of one network: f32 parameters, gradients and states, and the parameters' bf16 shadow where a
/// program needs it, each in one piece of memory, so that an optimiser is a flat loop. Several programs share
/// one Weights.
class Weights {
 public:
  /// In a training in parts, those of `part`, which the others read.
  explicit Weights(const NetSpec& spec, dist::Part part = {});

  const std::vector<WeightRow>& table() const { return table_; }

  /// Draws every tensor anew: tensor t of the table from RandomKey{seed, initial_weights, first_stream + t,
  /// 0}.
  void initialise(std::uint64_t seed, std::uint32_t first_stream);

  std::span<float> parameters() { return parameters_.values(); }
  std::span<float> gradients() { return gradients_.values(); }
  dist::Memory& parameter_memory() { return parameters_; }
  dist::Memory& gradient_memory() { return gradients_; }
  std::span<float> states() { return states_.as<float>(); }
  /// The parameters as bf16, once keep_shadow() was called; as current as the last optimiser step or
  /// refresh_shadow().
  std::span<base::bf16> shadow() { return shadow_.as<base::bf16>(); }
  void keep_shadow();
  void refresh_shadow();

  /// One row's values.
  std::span<float> values(const WeightRow& row);
  std::span<const float> values(const WeightRow& row) const;

 private:
  std::vector<WeightRow> table_;
  dist::Memory parameters_, gradients_;
  base::Buffer states_, shadow_;
};

}  // namespace ganymede::net
