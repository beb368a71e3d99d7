#include "cli/model_card.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "cli/format.h"
#include "cli/host.h"
#include "cli/metrics_file.h"
#include "cli/run_directory.h"
#include "io/file.h"
#include "train/sampling.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view fence_begin = "```json\n";
constexpr std::string_view fence_end = "\n```";
constexpr std::size_t largest_file = std::size_t{1} << 31;

/// The network's output for one sample, in f32.
std::vector<float> answer(SavedNetwork& network, const Expectation& expected) {
  const ops::Device device;
  net::Program program(network.spec, {.batch = 1}, network.weights, device);
  std::ranges::copy(expected.input, program.input().begin());
  std::ranges::fill(program.labels(), expected.label);
  program.forward({});
  return {program.output().begin(), program.output().end()};
}

/// The data's files and their digests as the run's meta.json has them.
std::string data_rows(const std::optional<fs::path>& run) {
  std::error_code ignored;
  if (!run || !fs::exists(RunDirectory(*run).meta(), ignored)) {
    return "";
  }
  const auto bytes = io::read_file(RunDirectory(*run).meta(), 1 << 24);
  const Json meta = Json::parse(bytes, nullptr, false);
  std::string rows;
  try {
    for (const Json& file : meta.at("dataset").at("files")) {
      rows += fmt::format("| {} | `{}` |\n", file.at("name").get<std::string>(),
                          file.at("sha256").get<std::string>());
    }
  } catch (const Json::exception&) {
    return "";  // a person may have edited it; the card is whole without
  }
  return rows;
}

/// What the run measured last, with the step.
std::string measured_rows(const std::optional<fs::path>& run) {
  std::string rows;
  if (run) {
    for (const auto& [key, metric] : newest_metrics(RunDirectory(*run).metrics())) {
      rows += fmt::format("| {} | {:.5g} | {} |\n", key, metric.value, grouped(metric.step));
    }
  }
  return rows.empty()
             ? ""
             : "## Measured\n\n| in metrics.jsonl | value | after step |\n|---|---|---|\n" + rows + "\n";
}

Json facts_json(const CardFacts& facts, const std::string& file, const net::NetSpec& network) {
  return {{"file", file},
          {"format", facts.format},
          {"network", network.name},
          {"sha256", facts.sha256},
          {"weights_sha256", facts.weights_sha256},
          {"tolerance", tolerance},
          {"label", facts.expected.label},
          {"input_shape", network.input.sizes()},
          {"input", facts.expected.input},
          {"index", facts.expected.index},
          {"output", facts.expected.output}};
}

std::string training_rows(const SavedNetwork& network) {
  const train::Recipe& recipe = network.info.recipe;
  const std::int64_t classes = net::label_classes(network.spec);
  std::string rows = fmt::format(
      "| network | {} of the recipe `{}`, {} weights |\n| trained on | {}, {} epochs, {} steps of {} images "
      "|\n"
      "| seed | {} |\n| input | {} |\n| output | {} |\n| pixels | {:g} is black, {:g} is white |\n",
      network.spec.name, recipe.name,
      grouped(net::count(network.weights.table(), net::WeightDeclaration::Role::parameter) +
              net::count(network.weights.table(), net::WeightDeclaration::Role::state)),
      network.info.dataset, network.info.epoch, grouped(network.info.step), recipe.training.batch_size,
      recipe.training.seed, network.spec.input.to_string(), net::output_shape(network.spec).to_string(),
      recipe.pixel_range.low, recipe.pixel_range.high);
  if (classes > 0) {
    rows += fmt::format("| label | 0 to {} |\n", classes - 1);
  }
  return rows;
}

std::string card_text(const std::string& file, const SavedNetwork& network, const CardFacts& facts,
                      const std::string& data, const std::string& measured) {
  const train::Recipe& recipe = network.info.recipe;
  return fmt::format(
      "---\nlibrary_name: ganymede\ntags: [{11}, image-generation]\n---\n\n# {0}\n\n{1}.\n\n"
      "| | |\n|---|---|\n{2}| program | Ganymede {3} |\n\n"
      "## Data\n\n{4}\n{10}"
      "## Check it\n\n`ganymede verify {0}` compares the file with these facts. For one `input`{5} the "
      "elements `index` of the output, counted as [height, width, channels], are `output` to within "
      "`tolerance` in 32-bit floats, relative to values above one.\n\n{6}{7}{8}\n\n"
      "## Recipe\n\n```toml\n{9}```\n",
      file, recipe.description.empty() ? "A network that Ganymede trained" : recipe.description,
      training_rows(network), version(),
      data.empty() ? network.info.dataset + ".\n" : "| file | SHA-256 |\n|---|---|\n" + data,
      net::label_classes(network.spec) > 0 ? " and `label`" : "", fence_begin,
      facts_json(facts, file, network.spec).dump(), fence_end, train::to_toml(recipe), measured,
      recipe.model == train::ModelKind::vae ? "vae" : "gan");
}

}  // namespace

Expectation expectation_of(SavedNetwork& network, std::uint64_t seed) {
  constexpr std::int64_t elements = 16;
  const train::Recipe& recipe = network.info.recipe;
  Expectation expected;
  if (network.spec.input.rank() == 1) {
    expected.input = train::sample_latents(recipe, seed, 1);
  } else {
    const std::int64_t pixels = network.spec.input.elements();
    const float step = (recipe.pixel_range.high - recipe.pixel_range.low) / static_cast<float>(pixels);
    for (std::int64_t n = 0; n < pixels; ++n) {
      expected.input.push_back(recipe.pixel_range.low + step * static_cast<float>(n));
    }
  }
  const std::vector<float> output = answer(network, expected);
  const auto size = static_cast<std::int64_t>(output.size());
  for (std::int64_t n = 0; n < std::min(elements, size); ++n) {
    // The middles of equal parts.
    expected.index.push_back((2 * n + 1) * size / (2 * std::min(elements, size)));
    expected.output.push_back(output[static_cast<std::size_t>(expected.index.back())]);
  }
  return expected;
}

float difference(SavedNetwork& network, const Expectation& expected) {
  if (static_cast<std::int64_t>(expected.input.size()) != network.spec.input.elements()) {
    return std::numeric_limits<float>::infinity();
  }
  const std::vector<float> output = answer(network, expected);
  float largest = 0.0F;
  for (std::size_t n = 0; n < expected.index.size(); ++n) {
    const auto index = static_cast<std::size_t>(expected.index[n]);
    if (index >= output.size() || !std::isfinite(output[index])) {
      return std::numeric_limits<float>::infinity();
    }
    const float value = expected.output[n];
    largest = std::max(largest, std::abs(output[index] - value) / std::max(1.0F, std::abs(value)));
  }
  return largest;
}

std::string weights_sha256(const net::Weights& weights) {
  static_assert(std::endian::native == std::endian::little);
  std::vector<float> all;
  for (const net::WeightRow& row : weights.table()) {
    const std::span<const float> values = weights.values(row);
    all.insert(all.end(), values.begin(), values.end());
  }
  return base::sha256(std::as_bytes(std::span(all)));
}

fs::path card_of(const fs::path& file) {
  return file.string() + ".md";
}

void write_card(const fs::path& file, const std::string& format, SavedNetwork& network,
                const std::optional<fs::path>& run) {
  const CardFacts facts = {
      .format = format,
      .sha256 = base::sha256(io::read_file(file, largest_file)),
      .weights_sha256 = weights_sha256(network.weights),
      .expected = expectation_of(network, static_cast<std::uint64_t>(network.info.recipe.training.seed))};
  io::write_file(card_of(file),
                 card_text(file.filename().string(), network, facts, data_rows(run), measured_rows(run)));
}

CardFacts parse_card(const std::string& text, const std::string& where) {
  const std::size_t begin = text.find(fence_begin);
  const std::size_t end =
      begin == std::string::npos ? begin : text.find(fence_end, begin + fence_begin.size());
  try {
    if (end != std::string::npos) {
      const std::size_t first = begin + fence_begin.size();
      const Json json = Json::parse(text.substr(first, end - first));
      CardFacts facts = {.format = json.at("format").get<std::string>(),
                         .sha256 = json.at("sha256").get<std::string>(),
                         .weights_sha256 = json.at("weights_sha256").get<std::string>(),
                         .expected = {.input = json.at("input").get<std::vector<float>>(),
                                      .label = json.at("label").get<std::int32_t>(),
                                      .index = json.at("index").get<std::vector<std::int64_t>>(),
                                      .output = json.at("output").get<std::vector<float>>()}};
      if (!facts.expected.index.empty() && facts.expected.index.size() == facts.expected.output.size() &&
          std::ranges::min(facts.expected.index) >= 0) {
        return facts;
      }
    }
  } catch (const Json::exception&) {
    // Told below, as for a card without facts.
  }
  throw base::Error(base::ErrorKind::file, {.where = where,
                                            .found = "no facts to check",
                                            .expected = "a model card that `ganymede export` wrote",
                                            .advice = "Export the network again"});
}

}  // namespace ganymede::cli
