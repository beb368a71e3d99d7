#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "net/plan.h"
#include "net/profile.h"
#include "net/weights.h"
#include "ops/device.h"

namespace ganymede::net {

/// The compiled passes of one network for one use. Shares the weights, which, like the device, must outlive
/// it. After construction no pass allocates.
class Program {
 public:
  /// Throws Error(configuration) as make_plan() does, and for bf16 on a processor without kernels for it.
  Program(const NetSpec& spec, const Use& use, Weights& weights, const ops::Device& device);
  /// Keeps its tensors in `memory`, of at least make_plan(spec, use).bytes and aligned as a base::Buffer.
  /// What programs that share memory have computed, or were given, lasts until another one of them is used.
  Program(const NetSpec& spec, const Use& use, Weights& weights, const ops::Device& device,
          std::span<std::byte> memory);
  ~Program();
  Program(Program&&) noexcept;  ///< Moves the compiled passes; spans of tensors stay valid.

  const Plan& plan() const;  ///< The tensors and their places in memory.

  /// [batch, ...input]: written by the caller before forward().
  std::span<float> input();
  /// [batch], for networks that join a label: written by the caller before forward().
  std::span<std::int32_t> labels();
  /// [batch, ...output]: what forward() computed.
  std::span<const float> output() const;
  void forward(const PassContext& context);  ///< Computes output() from input() and labels().

  /// [batch, ...output]: the derivative of the loss by the output, written by the caller before backward(),
  /// which overwrites it.
  std::span<float> output_gradient();
  /// Is told, from the last layer to the first, the derivative of the loss by the output of layer `layer`,
  /// [batch, ...output of the layer], f32, which is overwritten afterwards.
  using WatchGradient = std::function<void(std::size_t layer, std::span<const float> gradient)>;
  /// Once after each forward(), whose activations it may overwrite: computes what `Use` asked for, the
  /// gradients of the weights (overwritten, in Weights) and of the input. `watch`, if there is one, sees the
  /// gradients of a program in f32 that does not train.
  void backward(const WatchGradient& watch = nullptr);
  /// [batch, ...input]: what backward() computed.
  std::span<const float> input_gradient() const;

  /// [batch, ...input]: a direction, written by the caller before tangent().
  std::span<float> input_tangent();
  /// After forward(): the derivative of the output along input_tangent(), into output_tangent() [batch,
  /// ...output].
  void tangent();
  std::span<const float> output_tangent() const;  ///< [batch, ...output]: what tangent() computed.

  /// For a `Use` with a penalty and a network with one output y a sample; after forward(), backward() from
  /// output gradients of one and tangent() from the input tangents v. Writes, in Weights, the gradients by
  /// the weights of
  ///   sum over the samples i of seeds_i y_i + v_i . g_i,    g_i the gradient of y_i by its input,
  /// where v is constant: with v the derivative of a penalty by g these are the gradients of loss and penalty
  /// together. By layer, from its input a, the tangent t of that and the gradient delta of its output:
  /// dW = sum_i delta_i (seeds_i a_i + t_i), db = sum_i seeds_i delta_i. `seeds` is [batch].
  void contract(std::span<const float> seeds);

  /// Begins to time every layer's passes, or stops.
  void time_passes(bool on);
  /// What was timed: a row for each pass that a layer ran.
  std::vector<PassTime> pass_times() const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace ganymede::net
