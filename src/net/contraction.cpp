#include "net/contraction.h"

#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/reduce.h"

namespace ganymede::net {

void mix_tangents(std::span<const float> seeds, const LayerBinding& binding) {
  dispatch(binding.src.dtype, [&]<class T>(T) {
    ops::add_scaled_rows<T>(seeds, binding.src.as<const T>(), binding.tangent_src.as<T>());
  });
}

void scale_deltas(std::span<const float> seeds, const LayerBinding& binding) {
  dispatch(binding.diff_dst.dtype, [&]<class T>(T) { ops::scale_rows<T>(seeds, binding.diff_dst.as<T>()); });
}

const float* bias_of(const LayerBinding& binding) {
  return binding.parameters.size() > 1 ? binding.parameters[1].values.data() : nullptr;
}

void write_bias_gradient(const LayerBinding& binding) {
  if (binding.parameters.size() > 1) {
    dispatch(binding.diff_dst.dtype, [&]<class T>(T) {
      ops::column_sum<T>(binding.diff_dst.as<const T>(), binding.parameters[1].gradients);
    });
  }
}

}  // namespace ganymede::net
