#include "io/networks/c_program.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "base/error.h"
#include "io/files/file.h"
#include "io/files/process.h"
#include "io/networks/c_header.h"

namespace ganymede::io {

namespace {

constexpr std::chrono::minutes timeout{5};

void require_success(const ProgramResult& result, const std::filesystem::path& directory, const char* what) {
  constexpr std::size_t enough = 500;
  if (result.exit_status != 0) {
    throw base::Error(base::ErrorKind::file,
                      {.where = directory.string(),
                       .found = fmt::format("{} that ends with {}: \"{}\"", what, result.exit_status,
                                            result.errors.substr(0, enough)),
                       .expected = "success",
                       .advice = "Export the header again, or try another C compiler"});
  }
}

}  // namespace

std::string c_call(const std::string& network, std::span<const float> input,
                   const std::optional<std::int32_t>& label) {
  std::string values;
  for (const float value : input) {
    fmt::format_to(std::back_inserter(values), "{:#}f,", value);
  }
  return fmt::format(
      "  {{\n    static float work[{0}_WORK], output[{0}_OUTPUT];\n"
      "    static const float input[{0}_INPUT] = {{{1}}};\n"
      "    {2}(input, {3}work, output);\n"
      "    for (int n = 0; n < {0}_OUTPUT; ++n) {{\n"
      "      printf(\"%.9g\\n\", output[n]);\n    }}\n  }}\n",
      macro_prefix(network), values, network, label ? fmt::format("{}, ", *label) : "");
}

std::string c_program(std::span<const std::string> headers, std::string_view blocks) {
  std::string text = "#include <stdio.h>\n";
  for (const std::string& header : headers) {
    text += fmt::format("#include \"{}\"\n", header);
  }
  return text + fmt::format("int main(void) {{\n{}  return 0;\n}}\n", blocks);
}

std::optional<std::string> run_c(const std::filesystem::path& directory, std::string_view source,
                                 const std::vector<std::string>& flags) {
  const std::filesystem::path program = directory / "program";
  const std::filesystem::path file = directory / "main.c";
  write_file(file, source);
  std::vector<std::string> arguments = {"-std=c99", "-O2"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  arguments.insert(arguments.end(), {"-o", program.string(), file.string(), "-lm"});
  const auto compiled =
      run_program({.name = "cc", .arguments = std::move(arguments), .input = "", .timeout = timeout});
  if (!compiled) {
    return std::nullopt;
  }
  require_success(*compiled, directory, "a C compiler");
  auto result =
      run_program({.name = program.string(), .arguments = {}, .input = "", .timeout = timeout}).value();
  require_success(result, directory, "a program");
  return std::move(result.output);
}

}  // namespace ganymede::io
