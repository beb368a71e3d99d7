#pragma once

#include "net/layer.h"

namespace ganymede::net {

/// The feature that the label names, [classes] -> [1]. Behind a dense layer of as many units it gives a
/// discriminator one output for each class: the projection of the features on a vector of the class (Miyato
/// and Koyama 2018, the shared term being part of each vector).
struct SelectLabel {
  std::int64_t classes = 10;

  friend bool operator==(const SelectLabel&, const SelectLabel&) = default;
};

template <class Visitor>
void fields(SelectLabel& select, Visitor& visit) {
  visit("classes", select.classes);
}

inline LayerFacts facts(const SelectLabel& select) {
  return {"select_label", "Gather",      Family::label, Memory::own, Response::piecewise_linear,
          Order::mixed,   select.classes};
}

base::Shape output_shape(const SelectLabel& select, const base::Shape& input);
void write_onnx(const SelectLabel& select, const LayerShape& place, OnnxGraph& graph);
void write_c(const SelectLabel& select, const LayerShape& place, CCode& code);

class SelectLabelOp {
 public:
  SelectLabelOp(const SelectLabel& select, const LayerBinding& binding, const ops::Device& device);

  void forward(const PassContext& context);
  void backward_data();
  void tangent();

 private:
  LayerBinding binding_;
};

}  // namespace ganymede::net
