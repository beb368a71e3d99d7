#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "io/file.h"
#include "io/process.h"
#include "net/spec.h"

namespace ganymede::test {

/// A block of C that calls the exported network on the first sample of `input` and prints its output.
inline std::string call_in_c(const net::NetSpec& spec, std::span<const float> input,
                             std::span<const std::int32_t> labels) {
  std::string prefix = spec.name;
  std::ranges::transform(prefix, prefix.begin(), [](unsigned char letter) { return std::toupper(letter); });
  std::string text = fmt::format(
      "  {{\n    static float work[{0}_WORK], output[{0}_OUTPUT];\n"
      "    static const float input[{0}_INPUT] = {{",
      prefix);
  for (std::int64_t n = 0; n < spec.input.elements(); ++n) {
    text += fmt::format("{:#}f,", input[static_cast<std::size_t>(n)]);
  }
  const std::string label = labels.empty() ? "" : fmt::format("{}, ", labels.front());
  return text + fmt::format(
                    "}};\n    {0}(input, {1}work, output);\n"
                    "    for (int n = 0; n < {2}_OUTPUT; ++n) {{\n"
                    "      printf(\"%.9g\\n\", output[n]);\n    }}\n  }}\n",
                    spec.name, label, prefix);
}

/// Compiles a C99 program in `directory`, where its headers are, with every warning an error, runs it and
/// returns what it prints; nothing without a compiler.
inline std::optional<std::string> run_c(const std::filesystem::path& directory, const std::string& source) {
  constexpr std::chrono::minutes timeout{5};
  io::write_file(directory / "main.c", source);
  const std::string program = directory / "program";
  const auto compiled = io::run_program({.name = "cc",
                                         .arguments = {"-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic",
                                                       "-Werror", "-o", program, directory / "main.c", "-lm"},
                                         .input = "",
                                         .timeout = timeout});
  if (!compiled) {
    return std::nullopt;
  }
  EXPECT_EQ(compiled->exit_status, 0) << compiled->errors;
  const auto result = io::run_program({.name = program, .arguments = {}, .input = "", .timeout = timeout});
  EXPECT_EQ(result->exit_status, 0) << result->errors;
  return result->output;
}

}  // namespace ganymede::test
