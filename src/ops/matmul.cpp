#include "ops/matmul.h"

#include "ops/onednn.h"

namespace ganymede::ops {

struct Matmul::Compiled {
  Kernel kernel;
  bool bias;
  WeightsReorder reorder;
};

namespace {

dnnl::memory::desc matrix(std::int64_t rows, std::int64_t columns, bool transposed, base::DType type) {
  const dnnl::memory::dims strides =
      transposed ? dnnl::memory::dims{1, rows} : dnnl::memory::dims{columns, 1};
  return {{rows, columns}, onednn_type(type), strides};
}

}  // namespace

Matmul::Matmul(const Device& device, const MatmulCase& matmul) {
  const auto src = matrix(matmul.rows, matmul.inner, matmul.transpose_src, matmul.src);
  const auto ours = matrix(matmul.inner, matmul.columns, matmul.transpose_weights, matmul.weights);
  const auto any = dnnl::memory::desc(ours.get_dims(), ours.get_data_type(), dnnl::memory::format_tag::any);
  const auto dst = matrix(matmul.rows, matmul.columns, false, matmul.dst);
  const bool with_bias = matmul.epilogue.bias;
  const auto bias = with_bias ? matrix(1, matmul.columns, false, base::DType::f32) : dnnl::memory::desc();
  const dnnl::matmul::primitive_desc description(device.handles().engine, src,
                                                 matmul.pack_weights ? any : ours, bias, dst,
                                                 attributes(matmul.epilogue, matmul.accumulate));
  const auto weights = description.weights_desc();
  std::vector<Kernel::Argument> arguments = {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}};
  if (with_bias) {
    arguments.emplace_back(DNNL_ARG_BIAS, bias);
  }
  arguments.emplace_back(DNNL_ARG_DST, dst);
  compiled_ = std::make_unique<Compiled>(Compiled{Kernel(device, dnnl::matmul(description), arguments),
                                                  with_bias, WeightsReorder(device, ours, weights)});
}

Matmul::~Matmul() = default;
Matmul::Matmul(Matmul&&) noexcept = default;
Matmul& Matmul::operator=(Matmul&&) noexcept = default;

void Matmul::run(const void* src, const void* weights, const float* bias, void* dst) const {
  if (compiled_->bias) {
    compiled_->kernel.run({src, weights, bias, dst});
  } else {
    compiled_->kernel.run({src, weights, dst});
  }
}

const void* Matmul::pack(const void* weights) {
  return compiled_->reorder(weights);
}

}  // namespace ganymede::ops
