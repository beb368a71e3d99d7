#include "net/layers/join_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "ops/elementwise/join.h"

namespace ganymede::net {

base::Shape output_shape(const JoinLabel& join, const base::Shape& input) {
  constexpr std::int64_t most_classes = 1000;
  if (join.classes < 2 || join.classes > most_classes) {
    throw base::Error(base::ErrorKind::configuration, {.where = "join_label",
                                                       .found = fmt::format("{} classes", join.classes),
                                                       .expected = fmt::format("from 2 to {}", most_classes),
                                                       .advice = "MNIST has 10"});
  }
  std::vector<std::int64_t> sizes(input.sizes().begin(), input.sizes().end());
  sizes.back() += join.classes;
  return base::Shape(sizes);
}

JoinLabelOp::JoinLabelOp(const JoinLabel& join, const LayerBinding& binding, const ops::Device&)
    : binding_(binding),
      classes_(join.classes),
      rows_(binding.src.shape.elements() / binding.src.shape.back()) {}

void JoinLabelOp::forward(const PassContext&) {
  dispatch(binding_.dst.dtype, [&]<class T>(T) {
    ops::join_label<T>(binding_.src.as<const T>(), binding_.labels, classes_, binding_.dst.as<T>());
  });
}

void JoinLabelOp::backward_data() {
  dispatch(binding_.diff_dst.dtype, [&]<class T>(T) {
    ops::split_label<T>(binding_.diff_dst.as<const T>(), rows_, classes_, binding_.diff_src.as<T>());
  });
}

void JoinLabelOp::tangent() {
  dispatch(binding_.tangent_dst.dtype, [&]<class T>(T) {
    ops::join_zeros<T>(binding_.tangent_src.as<const T>(), rows_, classes_, binding_.tangent_dst.as<T>());
  });
}

}  // namespace ganymede::net
