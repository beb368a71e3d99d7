#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "artifacts/checkpoint.h"
#include "artifacts/classifier_file.h"
#include "artifacts/exported_file.h"
#include "artifacts/generator_file.h"
#include "artifacts/model_card.h"
#include "base/error.h"
#include "base/host.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "io/files/file.h"
#include "io/networks/c_header.h"
#include "io/networks/onnx.h"
#include "runs/run_directory.h"
#include "serve/explorer_file.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  std::string source;
  std::string format = "onnx";
  std::string out;
  bool bytes = false;
  bool discriminator = false;
};

[[noreturn]] void refuse(std::string where, std::string found, std::string expected, std::string advice) {
  throw base::Error(base::ErrorKind::usage, {.where = std::move(where),
                                             .found = std::move(found),
                                             .expected = std::move(expected),
                                             .advice = std::move(advice)});
}

/// The names of the network's input and output.
std::pair<std::string, std::string> names_of(const net::NetSpec& network) {
  return network.name == "generator" ? std::pair("latent", "image") : std::pair("image", "logit");
}

std::string about(const artifacts::SavedNetwork& network) {
  return fmt::format("The {} of the recipe {} after epoch {} on {}", network.spec.name,
                     network.info.recipe.name, network.info.epoch, network.info.dataset);
}

void write_onnx(const fs::path& path, const artifacts::SavedNetwork& network, const ExportOptions& options) {
  const auto [input, output] = names_of(network.spec);
  const train::PixelRange& range = network.info.recipe.pixel_range;
  io::OnnxOptions onnx = {
      .input = input, .output = output, .description = about(network), .program_version = base::version()};
  describe(network, onnx.metadata);
  onnx.metadata["pixel_low"] = fmt::format("{}", range.low);
  onnx.metadata["pixel_high"] = fmt::format("{}", range.high);
  onnx.metadata["weights_sha256"] = artifacts::weights_sha256(network.weights);
  if (options.bytes) {
    onnx.bytes = io::ByteRange{range.low, range.high};
  }
  io::write_file(path, io::to_onnx(network.spec, network.weights, onnx));
}

void write_c(const fs::path& path, const artifacts::SavedNetwork& network, const ExportOptions&) {
  const auto [input, output] = names_of(network.spec);
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
                                       range.low, range.high, artifacts::weights_sha256(network.weights)),
                           fmt::format("  static float work[{0}_WORK], {1}[{0}_INPUT], {2}[{0}_OUTPUT];",
                                       prefix, input, output),
                           fmt::format("  {}({}, {}work, {});", network.spec.name, input,
                                       net::label_classes(network.spec) > 0 ? "7, " : "", output)}}));
}

void write_safetensors(const fs::path& path, const artifacts::SavedNetwork& network, const ExportOptions&) {
  artifacts::write_pytorch(path, network);
}

void write_html(const fs::path& path, const artifacts::SavedNetwork& network, const ExportOptions&) {
  io::write_file(path, serve::to_explorer_html(network, about(network)));
}

struct Format {
  std::string_view name;
  std::string_view extension;
  void (*write)(const fs::path&, const artifacts::SavedNetwork&, const ExportOptions&);
};
constexpr std::array formats = {Format{"onnx", ".onnx", write_onnx}, Format{"c", ".h", write_c},
                                Format{"safetensors", ".pytorch.safetensors", write_safetensors},
                                Format{"html", ".html", write_html}};

std::optional<fs::path> run_of(const fs::path& source) {
  std::error_code ignored;
  return fs::is_directory(source, ignored) ? std::optional(runs::RunDirectory::open(source).path())
                                           : std::nullopt;
}

void report(const fs::path& path, const std::string& about) {
  Console().say(
      fmt::format("{}: {}; its model card is {}", path.string(), about, artifacts::card_of(path).string()));
}

/// The classifier as ONNX: images from 0 for black to 1 for white to the logits of the classes.
int export_classifier(const ExportOptions& options) {
  if (options.format != "onnx" || options.bytes || options.discriminator) {
    refuse(options.source, "a classifier", "--format onnx, without --uint8 and --discriminator",
           "Leave the other options out");
  }
  artifacts::ClassifierNetwork network = artifacts::open_classifier_network(options.source);
  const std::string about = fmt::format("A classifier that reads {:.2f}% of the test images of {} right",
                                        100.0 * network.info.accuracy, network.info.recipe.data);
  io::OnnxOptions onnx = {
      .input = "image", .output = "logits", .description = about, .program_version = base::version()};
  onnx.metadata = {{"network", network.spec.name},
                   {"pixel_low", "0"},
                   {"pixel_high", "1"},
                   {"weights_sha256", artifacts::weights_sha256(network.weights)}};
  describe(network.info, onnx.metadata);
  const fs::path path = options.out.empty() ? "classifier.onnx" : options.out;
  io::write_file(path, io::to_onnx(network.spec, network.weights, onnx));
  artifacts::write_card(path, network);
  report(path, about);
  return 0;
}

int run_export(const ExportOptions& options) {
  if (std::error_code ignored;
      fs::is_regular_file(options.source, ignored) && artifacts::is_classifier(options.source)) {
    return export_classifier(options);
  }
  const auto format = std::ranges::find(formats, options.format, &Format::name);
  if (options.bytes && (format->name != "onnx" || options.discriminator)) {
    refuse("--uint8", "another network than an ONNX generator", "--format onnx and no --discriminator",
           "Leave --uint8 out");
  }
  if (options.discriminator && format->name == "html") {
    refuse("--discriminator", "--format html", "a generator, which the page explores",
           "Leave --discriminator out, or choose another format");
  }
  const std::optional<fs::path> run = run_of(options.source);
  if (options.discriminator && !run) {
    refuse("--discriminator", "a generator's file", "a run with a checkpoint, which holds the discriminator",
           "Name a run's directory");
  }
  artifacts::SavedNetwork network = artifacts::open_generator(options.source);
  if (options.discriminator) {
    if (network.info.recipe.model != train::ModelKind::gan) {
      refuse("--discriminator", "a run of a VAE, which has none", "a run of a GAN",
             "Leave --discriminator out");
    }
    network = artifacts::open_partner(*run, std::move(network.info));
  }
  const fs::path path =
      options.out.empty() ? network.spec.name + std::string(format->extension) : options.out;
  format->write(path, network, options);
  artifacts::write_card(path, options.format, network, run);
  report(path, about(network));
  return 0;
}

void add_flags(CLI::App& verb, ExportOptions& options) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  std::vector<std::string> words;
  words.reserve(formats.size());
  for (const Format& format : formats) {
    words.emplace_back(format.name);
  }
  add("RUN", options.source, "RUN|FILE", "A run's directory, or the file of a generator or a classifier")
      ->required();
  expect_one_of(
      verb.add_option("--format", options.format, "c: a C99 header; safetensors: for PyTorch; html: a page"),
      words)
      ->capture_default_str();
  add("--out,--output", options.out, "FILE", "The file to write (default: generator.onnx and so on)");
  verb.add_flag("--uint8", options.bytes,
                "Let the ONNX generator give bytes in three channels, for torch-fidelity");
  verb.add_flag("--discriminator", options.discriminator,
                "Export the discriminator of the run's newest checkpoint");
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("export", "Write a trained network for other programs");
  const auto options = std::make_shared<ExportOptions>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede export runs/latest\n"
      "  ganymede export runs/latest --uint8 --out digits.onnx\n"
      "  ganymede export runs/latest --format c\n"
      "  ganymede export runs/latest --format safetensors --discriminator\n"
      "  ganymede export runs/latest --format html      a page to explore the generator, without a server\n"
      "  ganymede export data/classifiers/mnist.safetensors      the classifier that images are measured by\n"
      "A model card lies beside the file, FILE.md; `ganymede verify FILE` checks the file against it.");
  verb->callback([&action, options] { action = [options] { return run_export(*options); }; });
}

}  // namespace ganymede::cli
