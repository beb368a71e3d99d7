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
      "Compares the file's SHA-256, then the output for a given input. A C header is compiled with cc and "
      "run. For ONNX and safetensors the network is rebuilt from the weights and the recipe in the file; the "
      "ONNX graph is not run. For a page only the SHA-256 is compared.");
  verb->callback([&action, file] { action = [file] { return run_verify(*file); }; });
}

}  // namespace ganymede::cli
