#pragma once

#include <filesystem>
#include <span>

#include "io/file.h"
#include "io/npy.h"
#include "net/spec.h"

namespace ganymede::test {

/// Writes what check_onnx.py reads beside `directory`/model.onnx: a batch of inputs and labels, and what the
/// network should answer, all with the channels last.
inline void write_onnx_case(const std::filesystem::path& directory, const net::NetSpec& spec,
                            std::int64_t batch, std::span<const float> input,
                            std::span<const std::int32_t> labels, std::span<const float> output) {
  io::write_npy(directory / "input.npy", input, spec.input.with_leading(batch));
  io::write_npy(directory / "output.npy", output, net::output_shape(spec).with_leading(batch));
  if (!labels.empty()) {
    const std::vector<float> numbers(labels.begin(), labels.end());
    io::write_npy(directory / "labels.npy", numbers, {batch});
  }
}

}  // namespace ganymede::test
