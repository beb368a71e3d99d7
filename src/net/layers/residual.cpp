#include "net/layers/residual.h"

#include <fmt/format.h>

#include "base/buffer.h"
#include "net/exports/c_code.h"
#include "net/exports/onnx_graph.h"
#include "ops/elementwise/elementwise.h"

namespace ganymede::net {

using base::Shape;

Activation activation_of(const Residual& residual) {
  return {ops::Function::leaky_relu, residual.slope};
}

Convolution first_of(const Residual& residual) {
  return {.channels = residual.hidden, .kernel = residual.kernel, .padding = {}};
}

Convolution second_of(const Residual& residual, std::int64_t channels) {
  return {.channels = channels, .kernel = residual.kernel, .padding = {}};
}

namespace {

/// Hands out the scratch memory, tensor by tensor; counts it where there is none yet.
class Scratch {
 public:
  Scratch(std::byte* begin, base::DType dtype) : begin_(begin), dtype_(dtype) {}

  TensorRef take(const Shape& shape) {
    const TensorRef tensor{begin_ == nullptr ? nullptr : begin_ + used_, dtype_, shape};
    used_ += base::aligned_size(static_cast<std::size_t>(shape.elements()) * size_of(dtype_));
    return tensor;
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* begin_;
  base::DType dtype_;
  std::size_t used_ = 0;
};

/// The tensors between the layers of a block.
struct Between {
  TensorRef active, hidden;                  // f(src) and f(first(f(src))), [batch, height, width, ...]
  TensorRef diff_hidden;                     // as hidden
  TensorRef tangent_active, tangent_hidden;  // as active and hidden

  Between(Scratch& scratch, const Shape& src, const Shape& middle, const Use& use)
      : active(scratch.take(src)), hidden(scratch.take(middle)) {
    if (use.backward()) {
      diff_hidden = scratch.take(middle);
    }
    if (use.tangent) {
      tangent_active = scratch.take(src);
      tangent_hidden = scratch.take(middle);
    }
  }
};

void add(const TensorRef& src, const TensorRef& dst) {
  dispatch(dst.dtype, [&]<class T>(T) { ops::add<T>(src.as<const T>(), dst.as<T>()); });
}

}  // namespace

Shape output_shape(const Residual& residual, const Shape& input) {
  output_shape(activation_of(residual), input);
  return output_shape(second_of(residual, input.back()), output_shape(first_of(residual), input));
}

std::vector<WeightDeclaration> declare(const Residual& residual, const Shape& input,
                                       Initializer initializer) {
  std::vector<WeightDeclaration> declarations = declare(first_of(residual), input, initializer);
  const Shape middle = output_shape(first_of(residual), input);
  for (WeightDeclaration& declaration : declare(second_of(residual, input.back()), middle, initializer)) {
    declaration.fill = {};
    declarations.push_back(std::move(declaration));
  }
  for (std::size_t i = 0; i < declarations.size(); ++i) {
    declarations[i].name = (2 * i < declarations.size() ? "first." : "second.") + declarations[i].name;
  }
  return declarations;
}

std::size_t scratch_bytes(const Residual& residual, const Shape& input, const Use& use) {
  Scratch scratch(nullptr, use.precision);
  const Shape middle = output_shape(first_of(residual), input);
  const Between between(scratch, input.with_leading(use.batch), middle.with_leading(use.batch), use);
  return scratch.used();
}

ResidualOp::Inside ResidualOp::divide(const Residual& residual, const LayerBinding& binding) {
  Shape middle = output_shape(first_of(residual), Shape(binding.src.shape.sizes().subspan(1)))
                     .with_leading(binding.src.shape[0]);
  Scratch scratch(binding.scratch.data(), binding.src.dtype);
  const Between between(scratch, binding.src.shape, middle, *binding.use);

  LayerBinding common = binding;
  common.epilogue = {};
  common.scratch = {};
  common.backward_data = binding.use->backward();
  const auto half = static_cast<std::ptrdiff_t>(binding.parameters.size() / 2);

  Inside inside{common, common, common, common};
  // The gradient of f(src) is written, and made that of src, where that of src belongs.
  inside.first_activation.dst = between.active;
  inside.first_activation.diff_dst = binding.diff_src;
  inside.first_activation.tangent_dst = between.tangent_active;

  inside.first.src = between.active;
  inside.first.dst = between.hidden;
  inside.first.diff_dst = between.diff_hidden;
  inside.first.tangent_src = between.tangent_active;
  inside.first.tangent_dst = between.tangent_hidden;
  inside.first.parameters.assign(binding.parameters.begin(), binding.parameters.begin() + half);
  inside.first.epilogue = activation_of(residual);

  inside.second_activation.src = inside.second_activation.dst = between.hidden;
  inside.second_activation.diff_src = inside.second_activation.diff_dst = between.diff_hidden;
  inside.second_activation.tangent_src = inside.second_activation.tangent_dst = between.tangent_hidden;
  inside.second_activation.epilogue_in_source = true;

  inside.second.src = between.hidden;
  inside.second.diff_src = between.diff_hidden;
  inside.second.tangent_src = between.tangent_hidden;
  inside.second.parameters.assign(binding.parameters.begin() + half, binding.parameters.end());
  return inside;
}

ResidualOp::ResidualOp(const Residual& residual, const LayerBinding& binding, const ops::Device& device)
    : ResidualOp(residual, binding, divide(residual, binding), device) {}

ResidualOp::ResidualOp(const Residual& residual, const LayerBinding& binding, const Inside& inside,
                       const ops::Device& device)
    : binding_(binding),
      first_activation_(activation_of(residual), inside.first_activation, device),
      first_(first_of(residual), inside.first, device),
      second_activation_(activation_of(residual), inside.second_activation, device),
      second_(second_of(residual, binding.src.shape.back()), inside.second, device) {}

void ResidualOp::forward(const PassContext& context) {
  first_activation_.forward(context);
  first_.forward(context);
  second_.forward(context);
  add(binding_.src, binding_.dst);
}

void ResidualOp::backward_second() {
  second_.backward_data();
  second_activation_.backward_data();
}

void ResidualOp::backward_weights() {
  second_.backward_weights();
  backward_second();
  first_.backward_weights();
}

void ResidualOp::backward_data() {
  if (!binding_.use->weight_gradients || binding_.use->penalty) {
    backward_second();
  }
  first_.backward_data();
  first_activation_.backward_data();
  add(binding_.diff_dst, binding_.diff_src);
}

void ResidualOp::tangent() {
  first_activation_.tangent();
  first_.tangent();
  second_activation_.tangent();
  second_.tangent();
  add(binding_.tangent_src, binding_.tangent_dst);
}

void ResidualOp::contract(std::span<const float> seeds) {
  first_.contract(seeds);
  second_.contract(seeds);
}

std::int64_t multiply_adds(const Residual& residual, const LayerShape& place) {
  return 2 * place.input.elements() * residual.kernel * residual.kernel * residual.hidden;
}

namespace {

/// Writes the layers within, each under its own name.
template <class Write>
void write_inside(const Residual& residual, const LayerShape& place, const Write& write) {
  const Convolution first = first_of(residual);
  const Shape middle = output_shape(first, place.input);
  write(activation_of(residual), LayerShape{place.part("first_activation"), place.input, place.input});
  write(first, LayerShape{place.part("first"), place.input, middle});
  write(activation_of(residual), LayerShape{place.part("second_activation"), middle, middle});
  write(second_of(residual, place.input.back()), LayerShape{place.part("second"), middle, place.output});
}

}  // namespace

void write_onnx(const Residual& residual, const LayerShape& place, OnnxGraph& graph) {
  const std::string input = graph.value;
  write_inside(residual, place,
               [&](const auto& layer, const LayerShape& at) { write_onnx(layer, at, graph); });
  graph.add({"Add", place.name, {input, graph.value}});
}

void write_c(const Residual& residual, const LayerShape& place, CCode& code) {
  const std::int64_t count = place.input.elements();
  code.line(fmt::format("memcpy({}, {}, {} * sizeof(float));", code.aside(), code.here(), count));
  write_inside(residual, place, [&](const auto& layer, const LayerShape& at) {
    code.hold(at.output.elements());
    write_c(layer, at, code);
  });
  code.line(fmt::format("ganymede_add({}, {}, {});", code.aside(), count, code.here()));
}

CSource c_source(const Residual&) {
  return {.functions = R"c(
static inline void ganymede_add(const float *src, int count, float *dst) {
  for (int n = 0; n < count; ++n) {
    dst[n] += src[n];
  }
}
)c"};
}

}  // namespace ganymede::net
