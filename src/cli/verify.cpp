#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exported_file.h"
#include "cli/model_card.h"
#include "io/c_program.h"
#include "io/file.h"

namespace ganymede::cli {

namespace {

[[noreturn]] void refuse(const std::string& file, std::string found, std::string expected) {
  throw base::Error(
      base::ErrorKind::file,
      {.where = file,
       .found = std::move(found),
       .expected = std::move(expected),
       .advice = "The file and its model card do not belong together: export the network again"});
}

CardFacts read_card(const std::filesystem::path& file) {
  constexpr std::size_t largest_card = 1 << 24;
  const std::filesystem::path card = card_of(file);
  const auto bytes = io::read_file(card, largest_card);
  return parse_card({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, card.string());
}

/// A directory that is removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    std::string path = parent / "ganymede.XXXXXX";
    if (!error && ::mkdtemp(path.data()) == nullptr) {
      error = std::error_code(errno, std::generic_category());
    }
    if (error) {
      const char* const named = std::getenv("TMPDIR");
      throw base::Error(base::ErrorKind::file,
                        {.where = named != nullptr ? named : parent.string(),
                         .found = fmt::format("\"{}\"", error.message()),
                         .expected = "to make a directory there, to compile in",
                         .advice = "Let TMPDIR name a directory that you may write to"});
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

/// How far the answers of a compiled header are from the card's; nothing without a C compiler.
std::optional<float> compiled_difference(const std::string& file, const CardFacts& facts) {
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

/// How far the answers of the network that the file's weights and recipe make are from the card's.
float rebuilt_difference(const std::string& file, const CardFacts& facts) {
  const auto compare = [&](auto network) {
    if (const std::string sha256 = weights_sha256(network.weights); sha256 != facts.weights_sha256) {
      refuse(file, "weights of SHA-256 " + sha256, facts.weights_sha256);
    }
    return difference(network.spec, network.weights, facts.expected);
  };
  if (facts.format != "onnx") {
    return compare(read_pytorch(file, {}));
  }
  return facts.network == "classifier" ? compare(read_classifier_onnx(file)) : compare(read_onnx(file));
}

void require_near(const std::string& file, float apart) {
  if (!(apart <= tolerance)) {
    refuse(file, fmt::format("an output that is {:g} from the card's", apart),
           fmt::format("at most {:g}", tolerance));
  }
}

void verify_c(const std::string& file, const CardFacts& facts) {
  const std::optional<float> apart = compiled_difference(file, facts);
  if (!apart) {
    print(fmt::format("{}: only the SHA-256 was compared, as there is no C compiler called cc\n", file));
    return;
  }
  require_near(file, *apart);
  print(fmt::format("{}: compiled, it answers the card's input as expected, {:g} apart at most\n", file,
                    *apart));
}

/// What an ONNX model computes is in its graph, which is not run here.
void verify_weights(const std::string& file, const CardFacts& facts) {
  const float apart = rebuilt_difference(file, facts);
  require_near(file, apart);
  print(
      fmt::format("{}: the network that its weights and recipe make answers the card's input as expected, "
                  "{:g} apart at most{}\n",
                  file, apart,
                  facts.format == "onnx" ? "; the graph itself was not run, only its SHA-256 compared" : ""));
}

int run_verify(const std::string& file) {
  constexpr std::size_t largest_file = std::size_t{1} << 31;
  const CardFacts facts = read_card(file);
  if (const std::string sha256 = base::sha256(io::read_file(file, largest_file)); sha256 != facts.sha256) {
    refuse(file, "the SHA-256 " + sha256, facts.sha256);
  }
  print(fmt::format("{}: the SHA-256 is that of its model card\n", file));
  if (facts.format == "c") {
    verify_c(file, facts);
  } else if (facts.format == "html") {
    print(fmt::format("{}: only the SHA-256 was compared; to see its answers, open it in a browser\n", file));
  } else {
    verify_weights(file, facts);
  }
  return 0;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("verify", "Check an exported file against its model card");
  const auto file = std::make_shared<std::string>();
  verb->add_option("FILE", *file, "What `ganymede export` wrote")->type_name("FILE")->required();
  verb->footer(
      "Examples:\n"
      "  ganymede verify generator.onnx\n"
      "The file's SHA-256 is compared, then an output for a given input: of a C header as the compiler cc "
      "makes it, which runs what is in the file, of ONNX and safetensors of the network that the weights and "
      "the recipe in the file make, "
      "without running the ONNX graph, of a page nothing.");
  verb->callback([&action, file] { action = [file] { return run_verify(*file); }; });
}

}  // namespace ganymede::cli
