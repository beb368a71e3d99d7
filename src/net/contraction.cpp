#include "net/contraction.h"

#include "ops/elementwise/elementwise.h"

namespace ganymede::net {

void mix_tangents(std::span<const float> seeds, const LayerBinding& binding) {
  dispatch(binding.src.dtype, [&]<class T>(T) {
    ops::add_scaled_rows<T>(seeds, binding.src.as<const T>(), binding.tangent_src.as<T>());
  });
}

void scale_deltas(std::span<const float> seeds, const LayerBinding& binding) {
  dispatch(binding.diff_dst.dtype, [&]<class T>(T) { ops::scale_rows<T>(seeds, binding.diff_dst.as<T>()); });
}

}  // namespace ganymede::net
