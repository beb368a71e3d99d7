#include "artifacts/exports/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "artifacts/classifier_file.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "serve/explorer_file.h"

namespace ganymede::cli {

namespace {

struct ExportFlags {
  std::string source;
  std::string format = "onnx";
  artifacts::ExportOptions file;
};

int run_export(const ExportFlags& flags) {
  const std::vector<artifacts::ExportFormat> formats = serve::export_formats();
  const auto format = std::ranges::find(formats, flags.format, &artifacts::ExportFormat::name);
  std::error_code ignored;
  const bool classifier =
      std::filesystem::is_regular_file(flags.source, ignored) && artifacts::is_classifier(flags.source);
  const auto write = classifier ? artifacts::export_classifier : artifacts::export_network;
  const artifacts::Exported file = write(flags.source, *format, flags.file);
  Console().say(fmt::format("{}: {}; its model card is {}", file.path.string(), file.about,
                            artifacts::card_of(file.path).string()));
  return 0;
}

void add_flags(CLI::App& verb, ExportFlags& options) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  std::vector<std::string> words;
  for (const artifacts::ExportFormat& format : serve::export_formats()) {
    words.emplace_back(format.name);
  }
  add("RUN", options.source, "RUN|FILE", "A run's directory, or the file of a generator or a classifier")
      ->required();
  expect_one_of(
      verb.add_option("--format", options.format, "c: a C99 header; safetensors: for PyTorch; html: a page"),
      words)
      ->capture_default_str();
  add("--out,--output", options.file.out, "FILE", "The file to write (default: generator.onnx and so on)");
  verb.add_flag("--uint8", options.file.bytes,
                "Make the ONNX generator output bytes in three channels, for torch-fidelity");
  verb.add_flag("--discriminator", options.file.discriminator,
                "Export the discriminator of the run's newest checkpoint");
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("export", "Write a trained network for other programs");
  const auto options = std::make_shared<ExportFlags>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede export runs/latest\n"
      "  ganymede export runs/latest --uint8 --out digits.onnx\n"
      "  ganymede export runs/latest --format c\n"
      "  ganymede export runs/latest --format safetensors --discriminator\n"
      "  ganymede export runs/latest --format html      a page that explores the generator, without a "
      "server\n"
      "  ganymede export data/classifiers/mnist.safetensors      the classifier for scores\n"
      "A model card lies beside the file, FILE.md; `ganymede verify FILE` checks the file against it.");
  verb->callback([&action, options] { action = [options] { return run_export(*options); }; });
}

}  // namespace ganymede::cli
