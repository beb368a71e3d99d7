#include "net/layers/activation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"

namespace ganymede::net {

namespace {

struct Form {
  Activation activation;
  std::string_view word, keras;
  const char *onnx, *c;
};

/// By function.
constexpr std::array<Form, 5> all_forms = {{
    {{ops::Function::leaky_relu, 0.2F}, "leaky_relu", "LeakyReLU", "LeakyRelu", "leaky_relu"},
    {{ops::Function::relu, 0.0F}, "relu", "ReLU", "Relu", "leaky_relu"},
    {{ops::Function::tanh, 0.0F}, "tanh", "Tanh", "Tanh", "tanh"},
    {{ops::Function::sigmoid, 0.0F}, "sigmoid", "Sigmoid", "Sigmoid", "sigmoid"},
    {{ops::Function::leaky_hard_tanh, 0.01F}, "leaky_hard_tanh", "LeakyHardTanh", "Clip", "hard_tanh"},
}};

const Form& form_of(const Activation& activation) {
  return *std::ranges::find(all_forms, activation.function,
                            [](const Form& f) { return f.activation.function; });
}

/// As it is outside of training: the leaky hard tanh leaks for the gradient's sake alone, and the numbers of
/// finished images keep to -1 to 1.
Activation at_inference(Activation activation) {
  if (activation.function == ops::Function::leaky_hard_tanh) {
    activation.slope = 0.0F;
  }
  return activation;
}

}  // namespace

std::vector<Activation> forms(const Activation&) {
  std::vector<Activation> all;
  std::ranges::transform(all_forms, std::back_inserter(all), &Form::activation);
  return all;
}

LayerFacts facts(const Activation& activation) {
  const Form& form = form_of(activation);
  const Response response = activation.piecewise_linear() ? Response::piecewise_linear : Response::smooth;
  return {form.word, form.keras, Family::activation, Memory::over_input, response, Order::kept};
}

base::Shape output_shape(const Activation& activation, const base::Shape& input) {
  // The derivative is taken from the function's value, which must be on its argument's side of each bend.
  if (!(activation.slope >= 0.0F && std::isfinite(activation.slope))) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = std::string(form_of(activation).word),
                       .found = fmt::format("slope {}", activation.slope),
                       .expected = "a slope of at least 0",
                       .advice = "It is the factor of inputs behind the bend"});
  }
  return input;
}

ActivationOp::ActivationOp(const Activation& activation, const LayerBinding& binding, const ops::Device&)
    : binding_(binding), activation_(binding.use->training ? activation : at_inference(activation)) {}

void ActivationOp::forward(const PassContext&) {
  if (binding_.epilogue_in_source) {
    return;
  }
  copy(binding_.src, binding_.dst);
  dispatch(binding_.dst.dtype,
           [&]<class T>(T) { ops::activation_forward<T>(activation_, binding_.dst.as<T>()); });
}

void ActivationOp::backward_data() {
  if (binding_.derivative_in_next) {
    return;
  }
  multiply_by_derivative(binding_.diff_dst, binding_.diff_src);
}

void ActivationOp::tangent() {
  multiply_by_derivative(binding_.tangent_src, binding_.tangent_dst);
}

void ActivationOp::multiply_by_derivative(const TensorRef& src, const TensorRef& dst) {
  copy(src, dst);
  dispatch(binding_.dst.dtype, [&]<class D>(D) {
    dispatch(dst.dtype, [&]<class T>(T) {
      ops::activation_derivative<D, T>(activation_, binding_.dst.as<const D>(), dst.as<T>());
    });
  });
}

void write_onnx(const Activation& activation, const LayerShape& place, OnnxGraph& graph) {
  OnnxNode node{form_of(activation).onnx, place.name, {graph.value}};
  if (activation.function == ops::Function::leaky_hard_tanh) {
    const auto end = [&](const char* name, float value) {
      return graph.constant(place.part(name), {}, std::vector<float>{value});
    };
    node.inputs.insert(node.inputs.end(), {end("low", -1.0F), end("high", 1.0F)});
  }
  if (activation.function == ops::Function::leaky_relu) {
    node.attributes.push_back({"alpha", activation.slope});
  }
  graph.add(std::move(node));
}

void write_c(const Activation& activation, const LayerShape& place, CCode& code) {
  const bool rectifies =
      activation.function == ops::Function::leaky_relu || activation.function == ops::Function::relu;
  const std::string slope = rectifies ? fmt::format(", {:#}f", activation.slope) : "";
  code.line(fmt::format("ganymede_{}({}, {}{});", form_of(activation).c, code.here(), place.output.elements(),
                        slope));
}

CSource c_source(const Activation&) {
  return {.functions = R"c(
static inline void ganymede_leaky_relu(float *data, int count, float slope) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] > 0.0f ? data[n] : slope * data[n];
  }
}

static inline void ganymede_tanh(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = tanhf(data[n]);
  }
}

static inline void ganymede_sigmoid(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = 1.0f / (1.0f + expf(-data[n]));
  }
}

static inline void ganymede_hard_tanh(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = fminf(fmaxf(data[n], -1.0f), 1.0f);
  }
}
)c"};
}

}  // namespace ganymede::net
