#include "ops/matmul.h"

#include "ops/onednn.h"

namespace ganymede::ops {

struct Matmul::Compiled {
  Kernel kernel;
  bool bias;
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
  const auto weights = matrix(matmul.inner, matmul.columns, matmul.transpose_weights, matmul.weights);
  const auto dst = matrix(matmul.rows, matmul.columns, false, matmul.dst);
  const auto attr = attributes(matmul.epilogue, matmul.accumulate);
  const auto& engine = device.handles().engine;
  if (matmul.epilogue.bias) {
    const auto bias = matrix(1, matmul.columns, false, base::DType::f32);
    const dnnl::matmul::primitive_desc description(engine, src, weights, bias, dst, attr);
    compiled_ = std::make_unique<Compiled>(Compiled{
        Kernel(
            device, dnnl::matmul(description),
            {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_BIAS, bias}, {DNNL_ARG_DST, dst}}),
        true});
  } else {
    const dnnl::matmul::primitive_desc description(engine, src, weights, dst, attr);
    compiled_ = std::make_unique<Compiled>(
        Compiled{Kernel(device, dnnl::matmul(description),
                        {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, dst}}),
                 false});
  }
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

}  // namespace ganymede::ops
