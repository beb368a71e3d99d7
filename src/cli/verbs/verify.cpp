#include <fmt/format.h>

#include <memory>
#include <string>

#include "artifacts/exports/export.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "serve/explorer_file.h"

namespace ganymede::cli {

namespace {

int run_verify(const std::string& file) {
  for (const std::string& compared : artifacts::verify_export(file, serve::export_formats())) {
    print(fmt::format("{}: {}\n", file, compared));
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
