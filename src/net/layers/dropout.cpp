#include "net/layers/dropout.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ops/elementwise/dropout.h"

namespace ganymede::net {

base::Shape output_shape(const Dropout& dropout, const base::Shape& input) {
  // ops::dropout_mask knows multiples of 1/256, the largest of which below one is 255/256.
  if (!(dropout.rate >= 0.0F && dropout.rate <= 0.99F)) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = "dropout",
                       .found = fmt::format("rate {}", dropout.rate),
                       .expected = "a rate from 0 to 0.99",
                       .advice = "It is the share of elements that are dropped"});
  }
  return input;
}

std::size_t scratch_bytes(const Dropout&, const base::Shape& input, const Use& use) {
  return static_cast<std::size_t>(input.elements() * use.batch);
}

DropoutOp::DropoutOp(const Dropout& dropout, const LayerBinding& binding, const ops::Device&)
    : binding_(binding),
      rate_(dropout.rate),
      kept_(reinterpret_cast<std::uint8_t*>(binding.scratch.data()), binding.scratch.size()) {}

void DropoutOp::forward(const PassContext& context) {
  if (binding_.use->training) {
    const base::RandomKey key{.seed = context.seed,
                              .purpose = base::Purpose::dropout,
                              .stream = binding_.random_stream,
                              .step = context.step};
    const std::int64_t size = static_cast<std::int64_t>(kept_.size()) / binding_.use->batch;  // of a sample
    for_each_stretch(*binding_.use, [&](std::int64_t first, std::int64_t count, std::int64_t number) {
      ops::dropout_mask(
          key, rate_,
          kept_.subspan(static_cast<std::size_t>(first * size), static_cast<std::size_t>(count * size)),
          number * size);
    });
  }
  apply(binding_.src, binding_.dst);
}

void DropoutOp::backward_data() {
  apply(binding_.diff_dst, binding_.diff_src);
}

void DropoutOp::tangent() {
  apply(binding_.tangent_src, binding_.tangent_dst);
}

void DropoutOp::apply(const TensorRef& src, const TensorRef& dst) {
  copy(src, dst);
  if (binding_.use->training) {
    dispatch(dst.dtype,
             [&]<class T>(T) { ops::dropout_apply<T>(kept_, ops::dropout_scale(rate_), dst.as<T>()); });
  }
}

/// Inference drops nothing.
void write_onnx(const Dropout&, const LayerShape&, OnnxGraph&) {}

void write_c(const Dropout&, const LayerShape&, CCode&) {}

}  // namespace ganymede::net
