#include "net/tensor.h"

#include "ops/convert.h"

namespace ganymede::net {

void copy(const TensorRef& src, const TensorRef& dst) {
  if (src.data == dst.data) {
    return;
  }
  dispatch(src.dtype, [&]<class S>(S) {
    dispatch(dst.dtype, [&]<class T>(T) { ops::convert<S, T>(src.as<const S>(), dst.as<T>()); });
  });
}

}  // namespace ganymede::net
