#include "net/layers/join_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"
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

void write_onnx(const JoinLabel& join, const LayerShape& place, OnnxGraph& graph) {
  const std::string input = graph.value;
  const std::string classes = graph.constant(place.part("classes"), {join.classes});
  const std::string off_and_on = graph.constant(place.part("values"), {2}, {0.0F, 1.0F});
  graph.add({"OneHot", place.part("one_hot"), {onnx_label, classes, off_and_on}});
  if (place.input.rank() == 3) {
    const std::string axes = graph.constant(place.part("axes"), {2, 3});
    graph.add({"Unsqueeze", place.part("pixel"), {graph.value, axes}});
    const std::string size = graph.constant(place.part("size"), {1, 1, place.input[0], place.input[1]});
    graph.add({"Expand", place.part("planes"), {graph.value, size}});
  }
  graph.add({"Concat", place.name, {input, graph.value}, {{"axis", 1}}});
}

void write_c(const JoinLabel& join, const LayerShape& place, CCode& code) {
  const std::int64_t channels = place.input.back();
  code.line(fmt::format("ganymede_join_label({}, label, {}, {}, {}, {});", code.here(),
                        place.input.elements() / channels, channels, join.classes, code.there()));
  code.turn();
}

CSource c_source(const JoinLabel&) {
  return {.functions = R"c(
// the label as a one-hot vector behind the channels of every pixel
static inline void ganymede_join_label(const float *src, int label, int pixels, int channels, int classes,
                                       float *dst) {
  for (int pixel = 0; pixel < pixels; ++pixel) {
    for (int channel = 0; channel < channels; ++channel) {
      *dst++ = src[pixel * channels + channel];
    }
    for (int n = 0; n < classes; ++n) {
      *dst++ = n == label ? 1.0f : 0.0f;
    }
  }
}
)c"};
}

}  // namespace ganymede::net
