#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "io/files/file.h"
#include "io/files/npy.h"
#include "io/official_reader.h"
#include "net/spec.h"

namespace ganymede::test {

/// Writes the files that check_onnx.py reads beside `directory`/model.onnx: a batch of inputs and labels and
/// the expected output, all channels-last.
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

/// Expects ONNX Runtime's output within 1e-5 of that in each of `directories`; `names` identify them. Skips
/// the test without the Python packages.
inline void expect_onnx_runtime_agrees(const std::vector<std::string>& directories,
                                       const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"compare"};
  arguments.insert(arguments.end(), directories.begin(), directories.end());
  const auto printed = run_python("check_onnx.py", std::move(arguments));
  if (!printed) {
    GTEST_SKIP() << no_python;
  }
  std::istringstream lines(*printed);
  for (const std::string& name : names) {
    float difference = NAN;
    ASSERT_TRUE(lines >> difference) << name;
    EXPECT_LE(difference, 1e-5F) << name;
  }
}

}  // namespace ganymede::test
