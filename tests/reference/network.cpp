#include "network.h"

#include <variant>

namespace ganymede::reference {

namespace {

/// Puts a lambda a kind of layer together into one visitor.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

Values product(Values a, const Values& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = a[i] * b[i];
  }
  return a;
}

Values derivatives(const ops::Activation& f, const Values& src, const Values& dst) {
  Values result(src.size());
  for (std::size_t i = 0; i < src.size(); ++i) {
    result[i] = activation_derivative(f, src[i], dst[i]);
  }
  return result;
}

net::LayerSpec in_use(net::LayerSpec layer, bool training) {
  auto* activation = std::get_if<net::Activation>(&layer);
  if (activation != nullptr && activation->function == ops::Function::leaky_hard_tanh && !training) {
    activation->slope = 0.0F;
  }
  return layer;
}

}  // namespace

Network::Network(const net::NetSpec& spec, const net::Use& use, const net::Weights& initial, Storage storage)
    : use_(use), storage_(storage), table_(initial.table()) {
  const net::Plan plan = net::make_plan(spec, use);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    Layer layer;
    layer.spec = in_use(spec.layers[i], use.training);
    layer.shape = plan.layers[i].shape;
    layer.type = plan.rows[plan.places[plan.layers[i].dst].value].dtype;
    layer.before_activation = plan.layers[i].epilogue.has_value();
    for (std::size_t row = 0; row < table_.size(); ++row) {
      if (table_[row].layer == static_cast<int>(i)) {
        layer.rows.push_back(row);
      }
    }
    layers_.push_back(std::holds_alternative<net::Residual>(layer.spec) ? residual_layer(std::move(layer))
                                                                        : std::move(layer));
  }
  for (const net::WeightRow& row : table_) {
    weights.push_back(exact(initial.values(row)));
  }
}

Network::Layer Network::residual_layer(Layer block) {
  const auto& residual = std::get<net::Residual>(block.spec);
  const base::Shape& outside = block.shape.input;
  const base::Shape middle{outside[0], outside[1], residual.hidden};
  const net::Activation activation{ops::Function::leaky_relu, residual.slope};
  const auto layer = [&](net::LayerSpec spec, const base::Shape& input, const base::Shape& output) {
    Layer result;
    result.spec = std::move(spec);
    result.shape = {.name = block.shape.name, .input = input, .output = output};
    result.type = block.type;
    return result;
  };
  const auto convolution = [&](const base::Shape& input, const base::Shape& output, std::size_t first_row) {
    Layer result = layer(
        net::Convolution{.channels = output.back(), .kernel = residual.kernel, .padding = {}}, input, output);
    result.rows = {block.rows[first_row], block.rows[first_row + 1]};
    return result;
  };
  block.inside = {layer(activation, outside, outside), convolution(outside, middle, 0),
                  layer(activation, middle, middle), convolution(middle, outside, 2)};
  block.inside[1].before_activation = true;
  return block;
}

Values Network::sum(Values a, const Values& b) const {
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = a[i] + b[i];
  }
  return keep(std::move(a));
}

Values Network::keep(Values values, base::DType type) const {
  for (Bounded& x : values) {
    x = storage_ == Storage::bounded ? stored(x, type) : followed(x, type);
  }
  return values;
}

ops::MatmulCase Network::matmul_case(const Layer& layer) const {
  return {.rows = use_.batch,
          .inner = layer.shape.input[0],
          .columns = layer.shape.output[0],
          .transpose_weights = true};
}

ops::ConvolutionCase Network::convolution_case(const Layer& layer) const {
  const auto& c = std::get<net::Convolution>(layer.spec);
  const base::Shape& in = layer.shape.input;
  const base::Shape& out = layer.shape.output;
  const auto padding = [&](std::size_t axis) -> Padding {
    if (!c.padding.same) {
      return {c.padding.each_side, c.padding.each_side};
    }
    return c.transposed ? same_padding(out[axis], in[axis], c.kernel, c.stride)
                        : same_padding(in[axis], out[axis], c.kernel, c.stride);
  };
  return {.batch = use_.batch,
          .src_height = in[0],
          .src_width = in[1],
          .src_channels = in[2],
          .dst_height = out[0],
          .dst_width = out[1],
          .dst_channels = out[2],
          .kernel = c.kernel,
          .stride = c.stride,
          .pad_top = padding(0).before,
          .pad_left = padding(1).before,
          .pad_bottom = padding(0).behind,
          .pad_right = padding(1).behind,
          .transposed = c.transposed};
}

const Values& Network::forward(const Values& input, std::span<const std::int32_t> labels,
                               const net::PassContext& context) {
  output_ = keep(input);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].src = output_;
    layers_[i].dst = output_ = apply(layers_[i], i, labels, context);
  }
  return output_;
}

Values Network::apply(Layer& layer, std::size_t index, std::span<const std::int32_t> labels,
                      const net::PassContext& context) const {
  const Values& src = layer.src;
  // The activation behind a product is computed together with it, before anything is stored.
  const auto keep_product = [&](Values product) {
    return layer.before_activation ? product : keep(std::move(product), layer.type);
  };
  return std::visit(
      Overloaded{
          [&](const net::Dense&) {
            return keep_product(matmul(matmul_case(layer), src, kernel_weights(layer), bias(layer), {}));
          },
          [&](const net::Convolution&) {
            return keep_product(
                convolution(convolution_case(layer), {}, src, kernel_weights(layer), bias(layer)));
          },
          [&](const net::Residual&) {
            Values inner = src;
            for (Layer& part : layer.inside) {
              part.src = inner;
              part.dst = inner = apply(part, index, labels, context);
            }
            return sum(inner, src);
          },
          [&](const net::Upsample& u) {
            return keep(resampled(image_map(u, layer.shape.input), layer.shape.input.back(), src),
                        layer.type);
          },
          [&](const net::AveragePool& p) {
            return keep(resampled(image_map(p, layer.shape.input), layer.shape.input.back(), src),
                        layer.type);
          },
          [&](const net::Activation& f) { return keep(activation(f, src), layer.type); },
          [&](const net::BatchNorm& b) {
            const Values& gamma = weights[layer.rows[0]];
            layer.statistics =
                use_.training ? batch_statistics(src, gamma.size(), b.epsilon)
                              : running_statistics(weights[layer.rows[2]], weights[layer.rows[3]], b.epsilon);
            return keep(batch_norm(src, layer.statistics, gamma, weights[layer.rows[1]]), layer.type);
          },
          [&](const net::Dropout& d) {
            layer.factors.assign(use_.training ? src.size() : 0, Bounded{});
            const base::RandomKey key{.seed = context.seed,
                                      .purpose = base::Purpose::dropout,
                                      .stream = use_.random_stream << 8 | static_cast<std::uint32_t>(index),
                                      .step = context.step};
            for (std::size_t n = 0; n < layer.factors.size(); ++n) {
              if (is_kept(key, d.rate, static_cast<std::int64_t>(n))) {
                layer.factors[n] = constant(dropout_scale(d.rate));
              }
            }
            return use_.training ? keep(product(src, layer.factors), layer.type) : src;
          },
          [&](const net::Reshape&) { return src; },
          [&](const net::Flatten&) { return src; },
          [&](const net::JoinLabel& j) {
            const base::Shape& shape = layer.shape.input;
            return join_label(src, labels, j.classes, shape.elements() / shape.back());
          },
          [&](const net::SelectLabel&) {
            layer.labels.assign(labels.begin(), labels.end());
            return select(src, labels);
          },
      },
      layer.spec);
}

Network::Gradients Network::backward(const Values& output_gradient) const {
  Gradients gradients{keep(output_gradient), std::vector<Values>(table_.size())};
  for (std::size_t i = layers_.size(); i-- > 0;) {
    gradients.input = pull_back(layers_[i], gradients.input, gradients.weights);
  }
  return gradients;
}

void Network::weigh(const Layer& layer, const Values& src, const Values& diff_dst, const Values& diff_bias,
                    std::vector<Values>& weight_gradients) const {
  if (const auto* d = std::get_if<net::Dense>(&layer.spec)) {
    const std::int64_t features = layer.shape.input[0];
    weight_gradients[layer.rows[0]] =
        matmul({.rows = d->units, .inner = use_.batch, .columns = features, .transpose_src = true}, diff_dst,
               src, {}, {});
  } else {
    weight_gradients[layer.rows[0]] = convolution_backward_weights(convolution_case(layer), src, diff_dst);
  }
  if (layer.rows.size() > 1) {
    weight_gradients[layer.rows[1]] =
        column_sum(diff_bias, static_cast<std::size_t>(layer.shape.output.back()));
  }
}

Values Network::pull_back(const Layer& layer, const Values& diff_dst,
                          std::vector<Values>& weight_gradients) const {
  return std::visit(
      Overloaded{
          [&](const net::Dense& d) {
            weigh(layer, layer.src, diff_dst, diff_dst, weight_gradients);
            return keep(matmul({.rows = use_.batch, .inner = d.units, .columns = layer.shape.input[0]},
                               diff_dst, kernel_weights(layer), {}, {}));
          },
          [&](const net::Convolution&) {
            weigh(layer, layer.src, diff_dst, diff_dst, weight_gradients);
            return keep(convolution_backward_data(convolution_case(layer), diff_dst, kernel_weights(layer)));
          },
          [&](const net::Residual&) {
            Values inner = diff_dst;
            for (std::size_t i = layer.inside.size(); i-- > 0;) {
              inner = pull_back(layer.inside[i], inner, weight_gradients);
            }
            return sum(inner, diff_dst);
          },
          [&](const net::Upsample& u) {
            return keep(
                resampled(transposed(image_map(u, layer.shape.input)), layer.shape.input.back(), diff_dst));
          },
          [&](const net::AveragePool& p) {
            return keep(
                resampled(transposed(image_map(p, layer.shape.input)), layer.shape.input.back(), diff_dst));
          },
          [&](const net::Activation& f) {
            return keep(product(diff_dst, derivatives(f, layer.src, layer.dst)));
          },
          [&](const net::BatchNorm&) {
            const Values& gamma = weights[layer.rows[0]];
            const BatchNormGradients gradients =
                use_.training ? batch_norm_backward(layer.src, diff_dst, layer.statistics, gamma)
                              : batch_norm_backward_inference(layer.src, diff_dst, layer.statistics, gamma);
            weight_gradients[layer.rows[0]] = gradients.gamma;
            weight_gradients[layer.rows[1]] = gradients.beta;
            return keep(gradients.src);
          },
          [&](const net::Dropout&) {
            return use_.training ? keep(product(diff_dst, layer.factors)) : diff_dst;
          },
          [&](const net::Reshape&) { return diff_dst; },
          [&](const net::Flatten&) { return diff_dst; },
          [&](const net::JoinLabel& j) { return split_label(diff_dst, j.classes, layer.shape.input.back()); },
          [&](const net::SelectLabel& s) { return select_backward(diff_dst, layer.labels, s.classes); },
      },
      layer.spec);
}

Values Network::tangent(const Values& input_tangent) const {
  Values tangent = keep(input_tangent);
  for (const Layer& layer : layers_) {
    tangent = push_forward(layer, tangent);
  }
  return tangent;
}

Values Network::push_forward(const Layer& layer, const Values& tangent) const {
  return std::visit(
      Overloaded{
          [&](const net::Dense&) {
            return keep(matmul(matmul_case(layer), tangent, kernel_weights(layer), {}, {}));
          },
          [&](const net::Convolution&) {
            return keep(convolution(convolution_case(layer), {}, tangent, kernel_weights(layer), {}));
          },
          [&](const net::Residual&) {
            Values inner = tangent;
            for (const Layer& part : layer.inside) {
              inner = push_forward(part, inner);
            }
            return sum(inner, tangent);
          },
          [&](const net::Upsample& u) {
            return keep(resampled(image_map(u, layer.shape.input), layer.shape.input.back(), tangent));
          },
          [&](const net::AveragePool& p) {
            return keep(resampled(image_map(p, layer.shape.input), layer.shape.input.back(), tangent));
          },
          [&](const net::Activation& f) {
            return keep(product(tangent, derivatives(f, layer.src, layer.dst)));
          },
          [&](const net::BatchNorm&) {
            return keep(
                batch_norm_backward_inference(layer.src, tangent, layer.statistics, weights[layer.rows[0]])
                    .src);
          },
          [&](const net::Dropout&) {
            return use_.training ? keep(product(tangent, layer.factors)) : tangent;
          },
          [&](const net::Reshape&) { return tangent; },
          [&](const net::Flatten&) { return tangent; },
          [&](const net::JoinLabel& j) {
            const std::int64_t pixels = layer.shape.input.elements() / layer.shape.input.back();
            const std::vector<std::int32_t> no_label(static_cast<std::size_t>(use_.batch), -1);
            return join_label(tangent, no_label, j.classes, pixels);
          },
          [&](const net::SelectLabel&) { return select(tangent, layer.labels); },
      },
      layer.spec);
}

Values Network::scaled(const Values& seeds, Values values) {
  const std::size_t width = values.size() / seeds.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = seeds[i / width] * values[i];
  }
  return values;
}

std::vector<Values> Network::contract(const Values& seeds, const Values& input_tangent) const {
  std::vector<Values> weight_gradients(table_.size());
  const Values ones(seeds.size(), Bounded{1.0, 0.0});
  contract(layers_, seeds, keep(input_tangent), ones, weight_gradients);
  return weight_gradients;
}

void Network::contract(std::span<const Layer> layers, const Values& seeds, Values tangent,
                       const Values& diff_dst, std::vector<Values>& weight_gradients) const {
  std::vector<Values> unused(table_.size());
  std::vector<Values> diffs(layers.size() + 1);
  diffs.back() = diff_dst;
  for (std::size_t i = layers.size(); i-- > 0;) {
    diffs[i] = pull_back(layers[i], diffs[i + 1], unused);
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].inside.empty()) {
      contract(layers[i].inside, seeds, tangent, diffs[i + 1], weight_gradients);
    } else if (!layers[i].rows.empty()) {
      weigh(layers[i], sum(scaled(seeds, layers[i].src), tangent), diffs[i + 1],
            keep(scaled(seeds, diffs[i + 1])), weight_gradients);
    }
    tangent = push_forward(layers[i], tangent);
  }
}

std::vector<Values> Network::states_after() const {
  std::vector<Values> states(table_.size());
  for (const Layer& layer : layers_) {
    if (const auto* b = std::get_if<net::BatchNorm>(&layer.spec)) {
      const std::size_t mean = layer.rows[2];
      const std::size_t variance = layer.rows[3];
      const bool moves = use_.training && use_.updates_states;
      states[mean] =
          moves ? moving_average(b->momentum, weights[mean], layer.statistics.mean) : weights[mean];
      states[variance] = moves ? moving_average(b->momentum, weights[variance],
                                                recovered_variance(layer.statistics, b->epsilon))
                               : weights[variance];
    }
  }
  return states;
}

}  // namespace ganymede::reference
