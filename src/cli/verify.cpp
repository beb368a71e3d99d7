#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/sha256.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exported_file.h"
#include "cli/model_card.h"
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

int run_verify(const std::string& file) {
  constexpr std::size_t largest_file = std::size_t{1} << 31;
  const CardFacts facts = read_card(file);
  if (const std::string sha256 = base::sha256(io::read_file(file, largest_file)); sha256 != facts.sha256) {
    refuse(file, "the SHA-256 " + sha256, facts.sha256);
  }
  print(fmt::format("{}: the SHA-256 is that of its model card\n", file));
  if (facts.format == "c") {
    print(fmt::format("{}: to compare its answers too, compile it and call it with the card's `input`\n",
                      file));
    return 0;
  }
  if (facts.format == "html") {
    print(fmt::format("{}: to see its answers, open it in a browser\n", file));
    return 0;
  }
  SavedNetwork network = facts.format == "onnx" ? read_onnx(file) : read_pytorch(file, {});
  if (const std::string sha256 = weights_sha256(network.weights); sha256 != facts.weights_sha256) {
    refuse(file, "weights of SHA-256 " + sha256, facts.weights_sha256);
  }
  const float apart = difference(network, facts.expected);
  if (!(apart <= tolerance)) {
    refuse(file, fmt::format("an output that is {:g} from the card's", apart),
           fmt::format("at most {:g}", tolerance));
  }
  print(fmt::format("{}: the output for the card's input is as expected, {:g} apart at most\n", file, apart));
  return 0;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("verify", "Check an exported file against its model card");
  const auto file = std::make_shared<std::string>();
  verb->add_option("FILE", *file, "What `ganymede export` wrote")->type_name("FILE")->required();
  verb->footer(
      "Examples:\n"
      "  ganymede verify generator.onnx");
  verb->callback([&action, file] { action = [file] { return run_verify(*file); }; });
}

}  // namespace ganymede::cli
