#include "net/program.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <variant>

#include "base/error.h"
#include "base/stopwatch.h"

namespace ganymede::net {

namespace {

/// The passes of a kind; those without weights have none that compute their gradients.
template <class Layer, class Op>
struct LayerPasses : Op {
  LayerPasses(const Layer& layer, const LayerBinding& binding, const ops::Device& device)
      : Op(layer, binding, device) {}

  void backward_weights() {
    if constexpr (HasWeights<Layer>) {
      Op::backward_weights();
    }
  }
  void contract(std::span<const float> seeds) {
    if constexpr (HasWeights<Layer>) {
      Op::contract(seeds);
    }
  }
};
using LayerOp = Kinds::AnyOf<LayerPasses>;

template <class... Layers, class... Ops>
LayerOp make_op(KindList<Kind<Layers, Ops>...>, const LayerSpec& spec, const LayerBinding& binding,
                const ops::Device& device) {
  using Maker = LayerOp (*)(const LayerSpec&, const LayerBinding&, const ops::Device&);
  constexpr Maker makers[] = {[](const LayerSpec& s, const LayerBinding& b, const ops::Device& d) -> LayerOp {
    return LayerPasses<Layers, Ops>(std::get<Layers>(s), b, d);
  }...};
  return makers[spec.index()](spec, binding, device);
}

/// What one layer's passes took.
struct LayerTimes {
  std::array<std::int64_t, pass_count> calls{};
  std::array<double, pass_count> seconds{};
};

void refuse_missing_bf16(const Use& use) {
  const ops::Capabilities here = ops::capabilities();
  if (use.precision == base::DType::bf16 && !here.bf16) {
    throw base::Error(base::ErrorKind::configuration, {.where = "precision bf16",
                                                       .found = "a processor with " + here.instruction_set,
                                                       .expected = "AVX512_CORE or newer",
                                                       .advice = "Use the precision f32"});
  }
}

}  // namespace

struct Program::Compiled {
  Plan plan;
  base::Buffer own_memory;
  std::span<std::byte> memory;
  std::vector<std::int32_t> labels;
  std::vector<LayerOp> ops;
  std::vector<double> operations;  // of a pass, by layer
  std::vector<LayerTimes> times;   // by layer; empty unless passes are timed

  /// Without `shared` memory the program has its own.
  Compiled(const NetSpec& spec, const Use& use, Weights& weights, const ops::Device& device,
           std::optional<std::span<std::byte>> shared)
      : plan(make_plan(spec, use)),
        own_memory(shared ? 0 : static_cast<std::size_t>(plan.bytes)),
        memory(shared.value_or(own_memory.as<std::byte>())),
        labels(label_classes(spec) > 0 ? static_cast<std::size_t>(use.batch) : 0) {
    assert(memory.size() >= static_cast<std::size_t>(plan.bytes));
    refuse_missing_bf16(use);
    if (use.precision == base::DType::bf16) {
      weights.keep_shadow();
    }
    ops.reserve(spec.layers.size());
    for (std::size_t i = 0; i < spec.layers.size(); ++i) {
      const LayerBinding binding = bind(static_cast<int>(i), weights);
      ops.push_back(make_op(Kinds{}, spec.layers[i], binding, device));
      operations.push_back(
          2.0 * static_cast<double>(multiply_adds_of(spec.layers[i], plan.layers[i].shape) * use.batch));
    }
  }

  TensorRef tensor(std::optional<int> row) {
    if (!row) {
      return {};
    }
    const PlanRow& r = plan.rows[*row];
    return {memory.data() + r.offset, r.dtype, r.shape};
  }

  /// A row under the shape that a layer sees: a view changes only the shape.
  TensorRef tensor(std::optional<int> row, const base::Shape& sample) {
    TensorRef ref = tensor(row);
    ref.shape = sample.with_leading(plan.use.batch);
    return ref;
  }

  /// Calls `pass` with the layer's op, timed where that is wanted.
  template <class Function>
  void run(std::size_t layer, Pass pass, const Function& function) {
    if (times.empty()) {
      std::visit(function, ops[layer]);
      return;
    }
    const base::Stopwatch stopwatch;
    std::visit(function, ops[layer]);
    times[layer].seconds[static_cast<std::size_t>(pass)] += stopwatch.seconds();
    ++times[layer].calls[static_cast<std::size_t>(pass)];
  }

  LayerBinding bind(int index, Weights& weights) {
    const LayerPlan& layer = plan.layers[index];
    const Place& src = plan.places[layer.src];
    const Place& dst = plan.places[layer.dst];
    const base::Shape& in = layer.shape.input;
    const base::Shape& out = layer.shape.output;
    LayerBinding binding{.src = tensor(src.value, in),
                         .dst = tensor(dst.value, out),
                         .diff_src = tensor(src.delta, in),
                         .diff_dst = tensor(dst.delta, out),
                         .tangent_src = tensor(src.tangent, in),
                         .tangent_dst = tensor(dst.tangent, out),
                         .parameters = {},
                         .states = {},
                         .scratch = {},
                         .labels = labels,
                         .epilogue = layer.epilogue,
                         .epilogue_in_source = layer.epilogue_in_source,
                         .derivative = layer.derivative,
                         .derivative_in_next = layer.derivative_in_next,
                         .backward_data = layer.backward_data,
                         .random_stream = plan.use.random_stream << 8 | static_cast<std::uint32_t>(index),
                         .use = &plan.use};
    for (const WeightRow& row : weights.table()) {
      if (row.layer != index) {
        continue;
      }
      if (row.role == WeightDeclaration::Role::state) {
        binding.states.push_back(weights.values(row));
        continue;
      }
      const auto size = static_cast<std::size_t>(row.shape.elements());
      const void* compute = plan.use.precision == base::DType::f32
                                ? static_cast<const void*>(weights.values(row).data())
                                : static_cast<const void*>(weights.shadow().data() + row.offset);
      binding.parameters.push_back(
          {weights.values(row), weights.gradients().subspan(row.offset, size), compute});
    }
    if (layer.scratch) {
      const TensorRef scratch = tensor(layer.scratch);
      binding.scratch = std::as_writable_bytes(scratch.as<float>());
    }
    return binding;
  }
};

Program::Program(const NetSpec& spec, const Use& use, Weights& weights, const ops::Device& device)
    : compiled_(std::make_unique<Compiled>(spec, use, weights, device, std::nullopt)) {}
Program::Program(const NetSpec& spec, const Use& use, Weights& weights, const ops::Device& device,
                 std::span<std::byte> memory)
    : compiled_(std::make_unique<Compiled>(spec, use, weights, device, memory)) {}
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;

const Plan& Program::plan() const {
  return compiled_->plan;
}

std::span<float> Program::input() {
  return compiled_->tensor(plan().input).as<float>();
}
std::span<std::int32_t> Program::labels() {
  return compiled_->labels;
}
std::span<const float> Program::output() const {
  return compiled_->tensor(plan().output).as<float>();
}
std::span<float> Program::output_gradient() {
  return compiled_->tensor(plan().output_gradient).as<float>();
}
std::span<const float> Program::input_gradient() const {
  return compiled_->tensor(plan().input_gradient).as<float>();
}
std::span<float> Program::input_tangent() {
  return compiled_->tensor(plan().input_tangent).as<float>();
}
std::span<const float> Program::output_tangent() const {
  return compiled_->tensor(plan().output_tangent).as<float>();
}

void Program::forward(const PassContext& context) {
  Compiled& c = *compiled_;
  copy(c.tensor(c.plan.input), c.tensor(c.plan.places.front().value));
  for (std::size_t i = 0; i < c.ops.size(); ++i) {
    c.run(i, Pass::forward, [&](auto& layer) { layer.forward(context); });
  }
  copy(c.tensor(c.plan.places.back().value), c.tensor(c.plan.output));
}

void Program::backward(const WatchGradient& watch) {
  Compiled& c = *compiled_;
  assert(c.plan.use.backward());
  copy(c.tensor(c.plan.output_gradient), c.tensor(c.plan.places.back().delta));
  assert(!watch || (c.plan.use.precision == base::DType::f32 && !c.plan.use.training));
  for (std::size_t i = c.ops.size(); i-- > 0;) {
    if (watch) {
      watch(i, c.tensor(c.plan.places[c.plan.layers[i].dst].delta).as<float>());
    }
    if (c.plan.use.weight_gradients && !c.plan.use.penalty) {
      c.run(i, Pass::backward_weights, [](auto& layer) { layer.backward_weights(); });
    }
    if (c.plan.layers[i].backward_data) {
      c.run(i, Pass::backward_data, [](auto& layer) { layer.backward_data(); });
    }
  }
  if (c.plan.input_gradient) {
    copy(c.tensor(c.plan.places.front().delta), c.tensor(c.plan.input_gradient));
  }
}

void Program::tangent() {
  Compiled& c = *compiled_;
  copy(c.tensor(c.plan.input_tangent), c.tensor(c.plan.places.front().tangent));
  for (std::size_t i = 0; i < c.ops.size(); ++i) {
    c.run(i, Pass::tangent, [](auto& layer) { layer.tangent(); });
  }
  copy(c.tensor(c.plan.places.back().tangent), c.tensor(c.plan.output_tangent));
}

void Program::contract(std::span<const float> seeds) {
  Compiled& c = *compiled_;
  assert(c.plan.use.penalty && seeds.size() == output().size());
  for (std::size_t i = 0; i < c.ops.size(); ++i) {
    c.run(i, Pass::backward_weights, [&](auto& layer) { layer.contract(seeds); });
  }
}

void Program::time_passes(bool on) {
  compiled_->times.assign(on ? compiled_->ops.size() : 0, {});
}

std::vector<PassTime> Program::pass_times() const {
  std::vector<PassTime> rows;
  for (std::size_t i = 0; i < compiled_->times.size(); ++i) {
    const LayerTimes& layer = compiled_->times[i];
    for (std::size_t pass = 0; pass < pass_count; ++pass) {
      if (layer.calls[pass] > 0) {
        rows.push_back({.layer = plan().layers[i].shape.name,
                        .pass = static_cast<Pass>(pass),
                        .calls = layer.calls[pass],
                        .seconds = layer.seconds[pass],
                        .operations = compiled_->operations[i]});
      }
    }
  }
  return rows;
}

}  // namespace ganymede::net
