#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "net/weights.h"

namespace ganymede::io {

/// How one tensor of a network's weights lies in programs that keep an image as [channels, height, width],
/// as PyTorch and ONNX do, where this program keeps [height, width, channels].
struct ChannelsFirstTensor {
  /// PyTorch's: "dense_1.weight", "batch_norm_1.running_var"; its module is named like the layer.
  std::string name;
  /// PyTorch's: Linear [units, features], Conv2d [out, in, height, width], ConvTranspose2d [in, out, height,
  /// width], BatchNorm [channels].
  base::Shape shape;
  /// Element i there is element source[i] of the row.
  std::vector<std::int64_t> source;
};

/// The tensors in the order of net::weight_table(). Dense layers before a reshape to an image and behind a
/// flattened one have their units and features in the other order of its elements, so that neither needs a
/// transposition. Throws Error(configuration), with the layer's name, for a network whose elements would have
/// to change places where no weights can do it, and for samples that are neither features nor an image.
std::vector<ChannelsFirstTensor> channels_first_layout(const net::NetSpec& spec);

/// The row's values in the order of `tensor`.
std::vector<float> to_channels_first(const ChannelsFirstTensor& tensor, std::span<const float> row);
/// The reverse.
void from_channels_first(const ChannelsFirstTensor& tensor, std::span<const float> values,
                         std::span<float> row);
/// The weights of a network whose tensors have the values that `values_of` gives, as many as `source` has.
net::Weights from_channels_first(
    const net::NetSpec& spec,
    const std::function<std::span<const float>(const ChannelsFirstTensor&)>& values_of);

}  // namespace ganymede::io
