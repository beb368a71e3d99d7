#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// The label as a one-hot vector behind the features, or behind the channels of every pixel (Mirza and
/// Osindero 2014):
/// [..., channels] -> [..., channels + classes].
struct JoinLabel {
  std::int64_t classes = 10;

  friend bool operator==(const JoinLabel&, const JoinLabel&) = default;
};

template <class Visitor>
void fields(JoinLabel& join, Visitor& visit) {
  visit("classes", join.classes);
}

inline LayerFacts facts(const JoinLabel& join) {
  return {"join_label",
          "Concatenate",
          Family::label,
          Memory::own,
          Response::piecewise_linear,
          Order::kept_in_features,
          join.classes};
}

base::Shape output_shape(const JoinLabel& join, const base::Shape& input);
void write_onnx(const JoinLabel& join, const LayerShape& place, OnnxGraph& graph);
void write_c(const JoinLabel& join, const LayerShape& place, CCode& code);
CSource c_source(const JoinLabel&);

class JoinLabelOp {
 public:
  JoinLabelOp(const JoinLabel& join, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void tangent();

 private:
  LayerBinding binding_;
  std::int64_t classes_;
  std::int64_t rows_;  ///< batch times the pixels of an image
};

}  // namespace ganymede::net
