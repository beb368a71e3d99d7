#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/files/process.h"

namespace ganymede::test {

constexpr auto no_python =
    "GANYMEDE_TEST_PYTHON does not name a Python with the packages of tests/requirements.txt";

/// What tests/io/SCRIPT prints, run by the Python that the environment variable GANYMEDE_TEST_PYTHON names,
/// which has the packages of tests/requirements.txt; nothing without the variable.
inline std::optional<std::string> run_python(const std::string& script, std::vector<std::string> arguments) {
  constexpr std::chrono::minutes timeout{5};
  const char* python = std::getenv("GANYMEDE_TEST_PYTHON");
  if (python == nullptr) {
    return std::nullopt;
  }
  arguments.insert(arguments.begin(), GANYMEDE_TEST_DATA_DIR "/io/" + script);
  const auto result =
      io::run_program({.name = python, .arguments = std::move(arguments), .input = "", .timeout = timeout});
  if (!result || result->exit_status != 0) {
    ADD_FAILURE() << python << ": " << (result ? result->errors : "not found");
    return "";
  }
  return result->output;
}

/// What check_safetensors.py prints.
inline std::optional<std::string> run_official_reader(const std::string& command,
                                                      const std::filesystem::path& path) {
  return run_python("check_safetensors.py", {command, path.string()});
}

}  // namespace ganymede::test
