#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganymede::ops {

/// A linear map along one axis of an image: dst[i] = sum over the taps n of row i of weight[n] src[index[n]].
class AxisMap {
 public:
  struct Tap {
    std::int64_t index;
    float weight;
  };

  AxisMap(std::int64_t src_size, std::vector<std::vector<Tap>> rows);

  std::int64_t src_size() const { return src_size_; }
  std::int64_t dst_size() const { return static_cast<std::int64_t>(begins_.size()) - 1; }
  std::span<const Tap> row(std::int64_t i) const {
    return std::span(taps_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

  /// The map back: the gradient of src from that of dst.
  AxisMap transposed() const;

 private:
  std::int64_t src_size_;
  std::vector<Tap> taps_;
  std::vector<std::size_t> begins_;  // of each row among the taps, and the end
};

/// Each element `factor` times.
AxisMap repeat_axis(std::int64_t size, std::int64_t factor);
/// Linear interpolation between the elements' centres, as PyTorch's with align_corners=False; beyond the
/// outermost centres the outermost element.
AxisMap interpolate_axis(std::int64_t size, std::int64_t factor);
/// The mean of each `factor` neighbours; `size` is a multiple of it.
AxisMap average_axis(std::int64_t size, std::int64_t factor);

/// A linear map of an image's pixels that works on rows and on columns alike.
struct ImageMap {
  AxisMap vertical, horizontal;

  ImageMap transposed() const { return {vertical.transposed(), horizontal.transposed()}; }
};

/// dst [images, vertical dst, horizontal dst, channels] from src [images, vertical src, horizontal src,
/// channels]; sums are kept in f32. For T float or bf16.
template <class T>
void resample(const ImageMap& map, std::int64_t channels, std::span<const T> src, std::span<T> dst);

}  // namespace ganymede::ops
