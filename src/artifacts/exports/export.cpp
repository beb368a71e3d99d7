#include "artifacts/exports/export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "artifacts/checkpoint.h"
#include "artifacts/exports/c_format.h"
#include "artifacts/exports/onnx_format.h"
#include "artifacts/exports/pytorch_format.h"
#include "base/refusal.h"
#include "base/sha256.h"
#include "io/files/file.h"
#include "runs/run_directory.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::usage};

std::optional<fs::path> run_of(const fs::path& source) {
  std::error_code ignored;
  return fs::is_directory(source, ignored) ? std::optional(runs::RunDirectory::open(source).path())
                                           : std::nullopt;
}

void check(const ExportFormat& format, const ExportOptions& options, bool is_run) {
  if (options.bytes && (format.name != "onnx" || options.discriminator)) {
    refuse("--uint8", "another network than an ONNX generator", "--format onnx and no --discriminator",
           "Leave --uint8 out");
  }
  if (options.discriminator && !format.discriminators) {
    refuse("--discriminator", fmt::format("--format {}", format.name), "a generator, which the page explores",
           "Leave --discriminator out, or choose another format");
  }
  if (options.discriminator && !is_run) {
    refuse("--discriminator", "a generator's file", "a run with a checkpoint, which holds the discriminator",
           "Name a run's directory");
  }
}

CardFacts read_card(const fs::path& file) {
  constexpr std::size_t largest_card = 1 << 24;
  const fs::path card = card_of(file);
  const auto bytes = io::read_file(card, largest_card);
  return parse_card({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, card.string());
}

}  // namespace

std::vector<ExportFormat> export_formats() {
  return {onnx_format(), c_format(), pytorch_format()};
}

ExportFormat export_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ExportFormat& format : export_formats()) {
    if (format.name == name) {
      return format;
    }
    names.push_back(format.name);
  }
  refuse("format", fmt::format("\"{}\"", name), fmt::format("one of {}", fmt::join(names, ", ")),
         "Choose one of these");
}

Exported export_network(const fs::path& run_or_file, const ExportFormat& format,
                        const ExportOptions& options) {
  const std::optional<fs::path> run = run_of(run_or_file);
  check(format, options, run.has_value());
  SavedNetwork network = open_generator(run_or_file);
  if (options.discriminator) {
    if (network.info.recipe.model != train::ModelKind::gan) {
      refuse("--discriminator", "a run of a VAE, which has none", "a run of a GAN",
             "Leave --discriminator out");
    }
    network = open_partner(*run, std::move(network.info));
  }
  const fs::path path =
      options.out.empty() ? fs::path(network.spec.name + std::string(format.extension)) : options.out;
  format.write(path, network, options);
  write_card(path, std::string(format.name), network, run);
  return {path, about(network)};
}

Exported export_classifier(const fs::path& file, const ExportFormat& format, const ExportOptions& options) {
  if (format.name != "onnx" || options.bytes || options.discriminator) {
    refuse(file.string(), "a classifier", "--format onnx, without --uint8 and --discriminator",
           "Leave the other options out");
  }
  ClassifierNetwork network = open_classifier_network(file);
  const fs::path path = options.out.empty() ? "classifier.onnx" : options.out;
  const std::string about = fmt::format("A classifier with an accuracy of {:.2f}% on the test images of {}",
                                        100.0 * network.info.accuracy, network.info.recipe.data);
  write_classifier_onnx(path, network, about);
  write_card(path, network);
  return {path, about};
}

std::vector<std::string> verify_export(const fs::path& path, std::span<const ExportFormat> formats) {
  constexpr std::size_t largest_file = std::size_t{1} << 31;
  const CardFacts facts = read_card(path);
  const auto format = std::ranges::find(formats, facts.format, &ExportFormat::name);
  if (format == formats.end()) {
    refuse_export(path, fmt::format("the format \"{}\" in its model card", facts.format),
                  "one that `ganymede export` writes");
  }
  if (const std::string sha256 = base::sha256(io::read_file(path, largest_file)); sha256 != facts.sha256) {
    refuse_export(path, "the SHA-256 " + sha256, facts.sha256);
  }
  return {"the SHA-256 is that of its model card", format->verify(path, facts)};
}

}  // namespace ganymede::artifacts
