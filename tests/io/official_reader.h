#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "io/process.h"

namespace ganymede::test {

/// What check_safetensors.py prints, run by the Python that the environment variable GANYMEDE_TEST_PYTHON
/// names, which has the packages numpy and safetensors; nothing without the variable.
inline std::optional<std::string> run_official_reader(const std::string& command,
                                                      const std::filesystem::path& path) {
  const char* python = std::getenv("GANYMEDE_TEST_PYTHON");
  if (python == nullptr) {
    return std::nullopt;
  }
  const std::string script = GANYMEDE_TEST_DATA_DIR "/io/check_safetensors.py";
  const auto result =
      io::run_program({.name = python, .arguments = {script, command, path.string()}, .input = ""});
  if (!result || result->exit_status != 0) {
    ADD_FAILURE() << python << ": " << (result ? result->errors : "not found");
    return "";
  }
  return result->output;
}

}  // namespace ganymede::test
