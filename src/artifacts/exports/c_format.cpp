#include "artifacts/exports/c_format.h"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/host.h"
#include "io/files/file.h"
#include "io/networks/c_header.h"
#include "io/networks/c_program.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const SavedNetwork& network, const ExportOptions&) {
  const auto [input, output] = port_names(network.spec);
  const train::PixelRange& range = network.info.recipe.pixel_range;
  const std::string prefix = network.spec.name == "generator" ? "GENERATOR" : "DISCRIMINATOR";
  io::write_file(
      path,
      io::to_c_header(
          network.spec, network.weights,
          {.input = input,
           .output = output,
           .description = {fmt::format("{}. Written by Ganymede {}.", about(network), base::version()),
                           fmt::format("Pixels: {:g} is black, {:g} is white. SHA-256 of the weights: {}",
                                       range.low, range.high, weights_sha256(network.weights)),
                           fmt::format("  static float work[{0}_WORK], {1}[{0}_INPUT], {2}[{0}_OUTPUT];",
                                       prefix, input, output),
                           fmt::format("  {}({}, {}work, {});", network.spec.name, input,
                                       net::label_classes(network.spec) > 0 ? "7, " : "", output)}}));
}

/// A directory that is removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    std::string path = parent / "ganymede.XXXXXX";
    if (!error && ::mkdtemp(path.data()) == nullptr) {
      error = std::error_code(errno, std::generic_category());
    }
    if (error) {
      const char* const named = std::getenv("TMPDIR");
      throw base::Error(base::ErrorKind::file, {.where = named != nullptr ? named : parent.string(),
                                                .found = fmt::format("\"{}\"", error.message()),
                                                .expected = "to make a directory there, to compile in",
                                                .advice = "Set TMPDIR to a writable directory"});
    }
    path_ = path;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The difference between a compiled header's output and the card's; nothing without a C compiler.
std::optional<float> compiled_difference(const fs::path& file, const CardFacts& facts) {
  const Expectation& expected = facts.expected;
  const std::vector<std::string> headers = {std::filesystem::absolute(file)};
  const std::optional<std::int32_t> label = facts.classes > 0 ? std::optional(expected.label) : std::nullopt;
  const ScratchDirectory scratch;
  const auto printed =
      io::run_c(scratch.path(), io::c_program(headers, io::c_call(facts.network, expected.input, label)));
  if (!printed) {
    return std::nullopt;
  }
  std::vector<float> output;
  std::istringstream lines(*printed);
  for (float value = 0.0F; lines >> value;) {
    output.push_back(value);
  }
  std::vector<float> chosen;
  for (const std::int64_t index : expected.index) {
    chosen.push_back(index < static_cast<std::int64_t>(output.size()) ? output[index] : NAN);
  }
  return difference(chosen, expected.output);
}

std::string verify(const fs::path& path, const CardFacts& facts) {
  const std::optional<float> apart = compiled_difference(path, facts);
  if (!apart) {
    return "only the SHA-256 was compared: there is no C compiler called cc";
  }
  require_near(path, *apart);
  return fmt::format(
      "compiled, its output for the card's input is as expected, with a difference of at most {:g}", *apart);
}

}  // namespace

ExportFormat c_format() {
  return {.name = "c", .extension = ".h", .discriminators = true, .write = write, .verify = verify};
}

}  // namespace ganymede::artifacts
