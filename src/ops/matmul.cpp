#include "ops/matmul.h"

#include <algorithm>
#include <bit>

#include "ops/onednn.h"

namespace ganymede::ops {

namespace {

/// Equal slices of dst, but for the last, which may be smaller.
struct Slices {
  bool of_rows = false;
  std::int64_t size = 1;
  std::int64_t count = 1;
  std::int64_t last_size = 1;
};

/// Slices large enough to hide the cost of a call and to be fast, and enough of them for a few threads.
Slices slices_of(const MatmulCase& c) {
  constexpr std::int64_t multiply_adds_a_slice = std::int64_t{1} << 21;
  constexpr std::int64_t most = 8;
  constexpr std::int64_t wide = 128;
  constexpr std::int64_t tile = 16;
  const bool of_rows = c.rows >= c.columns;
  const std::int64_t length = of_rows ? c.rows : c.columns;
  const std::int64_t most_here = std::min(
      {c.rows * c.inner * c.columns / multiply_adds_a_slice, most, std::max<std::int64_t>(length / wide, 2)});
  // A power of two, which two or four threads can share evenly.
  const auto wanted = c.slices && most_here > 1
                          ? static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(most_here)))
                          : 1;
  const std::int64_t tiles = (length + tile - 1) / tile;
  const std::int64_t size = std::min((tiles + wanted - 1) / wanted * tile, length);
  const std::int64_t count = (length + size - 1) / size;
  return {of_rows, size, count, length - (count - 1) * size};
}

dnnl::memory::desc matrix(std::int64_t rows, std::int64_t columns, std::int64_t row_stride, bool transposed,
                          base::DType type) {
  const dnnl::memory::dims strides =
      transposed ? dnnl::memory::dims{1, row_stride} : dnnl::memory::dims{row_stride, 1};
  return {{rows, columns}, onednn_type(type), strides};
}

/// A slice of `size` rows or columns of dst.
struct SliceKernel {
  Kernel kernel;
  WeightsReorder reorder;

  SliceKernel() = default;
  SliceKernel(const Device& device, const MatmulCase& c, const Slices& slices, std::int64_t size) {
    const OneThread one_thread;
    const std::int64_t rows = slices.of_rows ? size : c.rows;
    const std::int64_t columns = slices.of_rows ? c.columns : size;
    const auto src = matrix(rows, c.inner, c.transpose_src ? c.rows : c.inner, c.transpose_src, c.src);
    const auto ours =
        matrix(c.inner, columns, c.transpose_weights ? c.inner : c.columns, c.transpose_weights, c.weights);
    const auto any = dnnl::memory::desc(ours.get_dims(), ours.get_data_type(), dnnl::memory::format_tag::any);
    const auto dst = matrix(rows, columns, c.columns, false, c.dst);
    const auto bias =
        c.epilogue.bias ? matrix(1, columns, columns, false, base::DType::f32) : dnnl::memory::desc();
    const dnnl::matmul::primitive_desc description(device.handles().engine, src, c.pack_weights ? any : ours,
                                                   bias, dst, attributes(c.epilogue, c.accumulate));
    const auto weights = description.weights_desc();
    std::vector<Kernel::Argument> arguments = {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, weights}};
    if (c.epilogue.bias) {
      arguments.emplace_back(DNNL_ARG_BIAS, bias);
    }
    arguments.emplace_back(DNNL_ARG_DST, dst);
    kernel = Kernel::compile<dnnl::matmul>(device, description, arguments);
    reorder = WeightsReorder(device, ours, weights);
  }
};

template <class Pointer>
Pointer* element(Pointer* tensor, std::int64_t index, base::DType type) {
  using Byte = std::conditional_t<std::is_const_v<Pointer>, const std::byte, std::byte>;
  return static_cast<Byte*>(tensor) + index * static_cast<std::int64_t>(size_of(type));
}

}  // namespace

struct Matmul::Compiled {
  const Device* device;
  MatmulCase matmul;
  Slices slices;
  SliceKernel even, last;

  void run(std::int64_t slice, const void* src, const void* weights, const float* bias, void* dst) const {
    const std::int64_t row = slices.of_rows ? slice * slices.size : 0;
    const std::int64_t column = slices.of_rows ? 0 : slice * slices.size;
    const void* from = element(src, matmul.transpose_src ? row : row * matmul.inner, matmul.src);
    const void* by =
        element(weights, matmul.transpose_weights ? column * matmul.inner : column, matmul.weights);
    void* to = element(dst, row * matmul.columns + column, matmul.dst);
    const Kernel& kernel = slice + 1 < slices.count ? even.kernel : last.kernel;
    if (matmul.epilogue.bias) {
      kernel.run({from, by, bias + column, to});
    } else {
      kernel.run({from, by, to});
    }
  }
};

Matmul::Matmul(const Device& device, const MatmulCase& matmul) {
  const Slices slices = slices_of(matmul);
  compiled_ = std::make_unique<Compiled>(
      Compiled{&device, matmul, slices,
               slices.count > 1 ? SliceKernel(device, matmul, slices, slices.size) : SliceKernel(),
               SliceKernel(device, matmul, slices, slices.last_size)});
}

Matmul::~Matmul() = default;
Matmul::Matmul(Matmul&&) noexcept = default;
Matmul& Matmul::operator=(Matmul&&) noexcept = default;

void Matmul::run(const void* src, const void* weights, const float* bias, void* dst) const {
  compiled_->device->for_each_part(
      compiled_->slices.count, [&](std::int64_t slice) { compiled_->run(slice, src, weights, bias, dst); });
}

const void* Matmul::pack(const void* weights) const {
  return compiled_->last.reorder(weights);
}

}  // namespace ganymede::ops
