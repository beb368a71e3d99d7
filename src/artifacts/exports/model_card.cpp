#include "artifacts/exports/model_card.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "base/sha256.h"
#include "io/files/file.h"
#include "runs/metrics_file.h"
#include "runs/run_directory.h"
#include "train/sampling.h"

namespace ganymede::artifacts {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view fence_begin = "```json\n";
constexpr std::string_view fence_end = "\n```";
constexpr std::size_t largest_file = std::size_t{1} << 31;
constexpr std::int64_t most_classes = 1000;

/// The network's output for one sample, in f32.
std::vector<float> answer(const net::NetSpec& spec, net::Weights& weights, const Expectation& expected) {
  const ops::Device device;
  net::Program program(spec, {.batch = 1}, weights, device);
  std::ranges::copy(expected.input, program.input().begin());
  std::ranges::fill(program.labels(), expected.label);
  program.forward({});
  return {program.output().begin(), program.output().end()};
}

/// A JSON file of a run; null if it is missing or invalid, since the card does not need it.
Json note_of_run(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return {};
  }
  Json json = Json::parse(io::read_file(path, 1 << 24), nullptr, false);
  return json.is_discarded() ? Json() : json;
}

/// The data's files and their digests as the run's meta.json has them.
std::string data_rows(const std::optional<fs::path>& run) {
  const Json meta = run ? note_of_run(runs::RunDirectory(*run).meta()) : Json();
  std::string rows;
  try {
    for (const Json& file : meta.at("dataset").at("files")) {
      rows += fmt::format("| {} | `{}` |\n", file.at("name").get<std::string>(),
                          file.at("sha256").get<std::string>());
    }
  } catch (const Json::exception&) {
    return "";
  }
  return rows;
}

/// A sentence on how the run was scored.
std::string protocol_of(const Json& scores) {
  try {
    const Json& classifier = scores.at("classifier");
    const std::string features =
        classifier.is_null()
            ? "measured by " + scores.at("features").get<std::string>()
            : fmt::format(
                  "read by the classifier of SHA-256 `{}`, whose accuracy on the test images is {:.2f}%",
                  classifier.at("sha256").get<std::string>(),
                  100.0 * classifier.at("accuracy").get<double>());
    return fmt::format(
        "Scores: {} images of seed {} against the {} {} of {}, {}; the floor is the score of "
        "as many real training images. `frechet_distance` is of these features and no FID, which is of "
        "Inception's.\n\n",
        base::grouped(scores.at("count").get<std::int64_t>()), scores.at("seed").get<std::uint64_t>(),
        base::grouped(scores.at("test_images").get<std::int64_t>()),
        scores.value("compared_with", "test images"), scores.at("dataset").get<std::string>(), features);
  } catch (const Json::exception&) {
    return "";
  }
}

/// The floor; nothing for a value that is not a score.
std::string floor_of(const Json& scores, const std::string& key) {
  try {
    return fmt::format("{:.5g}", scores.at("floor").at(key).get<double>());
  } catch (const Json::exception&) {
    return "";
  }
}

/// The last measurements of the run, with the step.
std::string measured_section(const std::optional<fs::path>& run) {
  if (!run) {
    return "";
  }
  const Json scores = note_of_run(runs::RunDirectory(*run).scores_protocol());
  std::string rows;
  for (const auto& [key, metric] : runs::newest_metrics(runs::RunDirectory(*run).metrics())) {
    rows += fmt::format("| {} | {:.5g} | {} | {} |\n", key, metric.value, floor_of(scores, key),
                        base::grouped(metric.step));
  }
  return rows.empty()
             ? ""
             : "## Measured\n\n| in metrics.jsonl | value | floor | after step |\n|---|---|---|---|\n" +
                   rows + "\n" + protocol_of(scores);
}

Json facts_json(const CardFacts& facts, const std::string& file, const net::NetSpec& network) {
  return {{"file", file},
          {"format", facts.format},
          {"network", facts.network},
          {"sha256", facts.sha256},
          {"weights_sha256", facts.weights_sha256},
          {"tolerance", tolerance},
          {"classes", facts.classes},
          {"label", facts.expected.label},
          {"input_shape", network.input.sizes()},
          {"input", facts.expected.input},
          {"index", facts.expected.index},
          {"output", facts.expected.output}};
}

/// A card's text for people, in Markdown except for the recipe.
struct CardText {
  std::string tags;  ///< for catalogues of models
  std::string description;
  std::string rows;      ///< of the table at the top
  std::string data;      ///< the section on it
  std::string measured;  ///< a section; may be empty
  std::string recipe;    ///< TOML
};

std::string weight_count(const net::Weights& weights) {
  return base::grouped(net::count(weights.table(), net::WeightDeclaration::Role::parameter) +
                       net::count(weights.table(), net::WeightDeclaration::Role::state));
}

std::string shape_rows(const net::NetSpec& spec) {
  return fmt::format("| input | {} |\n| output | {} |\n", spec.input.to_string(),
                     net::output_shape(spec).to_string());
}

std::string training_rows(const SavedNetwork& network) {
  const train::Recipe& recipe = network.info.recipe;
  const std::int64_t classes = net::label_classes(network.spec);
  std::string rows = fmt::format(
      "| network | {} of the recipe `{}`, {} weights |\n| trained on | {}, {} epochs, {} steps of {} images "
      "|\n| seed | {} |\n{}| pixels | {:g} is black, {:g} is white |\n",
      network.spec.name, recipe.name, weight_count(network.weights), network.info.dataset, network.info.epoch,
      base::grouped(network.info.step), recipe.training.batch_size, recipe.training.seed,
      shape_rows(network.spec), recipe.pixel_range.low, recipe.pixel_range.high);
  if (classes > 0) {
    rows += fmt::format("| label | 0 to {} |\n", classes - 1);
  }
  return rows;
}

CardText text_of(const SavedNetwork& network, const std::optional<fs::path>& run) {
  const train::Recipe& recipe = network.info.recipe;
  const std::string files = data_rows(run);
  return {.tags = recipe.model == train::ModelKind::vae ? "vae, image-generation" : "gan, image-generation",
          .description = recipe.description.empty() ? "A network that Ganymede trained" : recipe.description,
          .rows = training_rows(network),
          .data = files.empty() ? network.info.dataset + ".\n" : "| file | SHA-256 |\n|---|---|\n" + files,
          .measured = measured_section(run),
          .recipe = train::to_toml(recipe)};
}

CardText text_of(const ClassifierNetwork& classifier) {
  const train::ClassifierRecipe& recipe = classifier.info.recipe;
  return {
      .tags = "image-classification",
      .description = fmt::format("The classifier for scores of generated images of {}", recipe.data),
      .rows = fmt::format("| network | classifier, {} weights |\n| trained on | {}, {} epochs in batches "
                          "of {} |\n| seed | {} |\n{}| pixels | 0 is black, 1 is white |\n",
                          weight_count(classifier.weights), recipe.data, recipe.epochs, recipe.batch_size,
                          recipe.seed, shape_rows(classifier.spec)),
      .data = fmt::format("{}; the SHA-256 of its files' digests is `{}`.\n", recipe.data,
                          classifier.info.dataset_digest),
      .measured = fmt::format("## Measured\n\n{:.2f}% of the test images are classified correctly, in 32-bit "
                              "floats.\n\n",
                              100.0 * classifier.info.accuracy),
      .recipe = train::to_toml(recipe)};
}

std::string card_text(const std::string& file, const net::NetSpec& spec, const CardFacts& facts,
                      const CardText& text) {
  return fmt::format(
      "---\nlibrary_name: ganymede\ntags: [{1}]\n---\n\n# {0}\n\n{2}.\n\n"
      "| | |\n|---|---|\n{3}| program | Ganymede {4} |\n\n"
      "## Data\n\n{5}\n{6}"
      "## Check it\n\n`ganymede verify {0}` compares the file with these facts. For one `input`{7} the "
      "elements `index` of the output, counted as [height, width, channels], are `output` to within "
      "`tolerance` in 32-bit floats, relative to values above one.\n\n{8}{9}{10}\n\n"
      "## Recipe\n\n```toml\n{11}```\n",
      file, text.tags, text.description, text.rows, base::version(), text.data, text.measured,
      net::label_classes(spec) > 0 ? " and `label`" : "", fence_begin, facts_json(facts, file, spec).dump(),
      fence_end, text.recipe);
}

/// From black to white.
std::vector<float> ramp(const base::Shape& image, const train::PixelRange& range) {
  std::vector<float> pixels(static_cast<std::size_t>(image.elements()));
  const float step = (range.high - range.low) / static_cast<float>(pixels.size());
  for (std::size_t n = 0; n < pixels.size(); ++n) {
    pixels[n] = range.low + step * static_cast<float>(n);
  }
  return pixels;
}

void write_card(const fs::path& file, const std::string& format, const net::NetSpec& spec,
                net::Weights& weights, std::vector<float> input, const CardText& text) {
  const CardFacts facts = {.format = format,
                           .network = spec.name,
                           .classes = net::label_classes(spec),
                           .sha256 = base::sha256(io::read_file(file, largest_file)),
                           .weights_sha256 = weights_sha256(weights),
                           .expected = expectation_of(spec, weights, std::move(input))};
  io::write_file(card_of(file), card_text(file.filename().string(), spec, facts, text));
}

}  // namespace

Expectation expectation_of(const net::NetSpec& spec, net::Weights& weights, std::vector<float> input) {
  constexpr std::int64_t elements = 16;
  Expectation expected{.input = std::move(input), .label = 0, .index = {}, .output = {}};
  const std::vector<float> output = answer(spec, weights, expected);
  const auto size = static_cast<std::int64_t>(output.size());
  for (std::int64_t n = 0; n < std::min(elements, size); ++n) {
    // The middles of equal parts.
    expected.index.push_back((2 * n + 1) * size / (2 * std::min(elements, size)));
    expected.output.push_back(output[static_cast<std::size_t>(expected.index.back())]);
  }
  return expected;
}

float difference(std::span<const float> values, std::span<const float> expected) {
  float largest = 0.0F;
  for (std::size_t n = 0; n < expected.size(); ++n) {
    if (n >= values.size() || !std::isfinite(values[n]) || !std::isfinite(expected[n])) {
      return std::numeric_limits<float>::infinity();
    }
    largest = std::max(largest, std::abs(values[n] - expected[n]) / std::max(1.0F, std::abs(expected[n])));
  }
  return largest;
}

float difference(const net::NetSpec& spec, net::Weights& weights, const Expectation& expected) {
  const std::int64_t size = net::output_shape(spec).elements();
  const std::int64_t classes = std::max<std::int64_t>(net::label_classes(spec), 1);
  if (static_cast<std::int64_t>(expected.input.size()) != spec.input.elements() || expected.label < 0 ||
      expected.label >= classes ||
      std::ranges::any_of(expected.index, [&](std::int64_t index) { return index >= size; })) {
    return std::numeric_limits<float>::infinity();
  }
  const std::vector<float> output = answer(spec, weights, expected);
  std::vector<float> chosen;
  for (const std::int64_t index : expected.index) {
    chosen.push_back(output[static_cast<std::size_t>(index)]);
  }
  return difference(chosen, expected.output);
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
  const train::Recipe& recipe = network.info.recipe;
  std::vector<float> input =
      network.spec.input.rank() == 1
          ? train::sample_latents(recipe, static_cast<std::uint64_t>(recipe.training.seed), 1)
          : ramp(network.spec.input, recipe.pixel_range);
  write_card(file, format, network.spec, network.weights, std::move(input), text_of(network, run));
}

void write_card(const fs::path& file, ClassifierNetwork& classifier) {
  write_card(file, "onnx", classifier.spec, classifier.weights,
             ramp(classifier.spec.input, {.low = 0.0F, .high = 1.0F}), text_of(classifier));
}

namespace {

[[noreturn]] void refuse_card(const std::string& where) {
  throw base::Error(base::ErrorKind::file, {.where = where,
                                            .found = "no facts to verify",
                                            .expected = "a model card that `ganymede export` wrote",
                                            .advice = "Export the network again"});
}

/// A whole number from 0 to below `end`; JSON's own conversion would round and wrap.
std::int64_t whole_number(const Json& json, std::int64_t end, const std::string& where) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() >= static_cast<std::uint64_t>(end)) {
    refuse_card(where);
  }
  return json.get<std::int64_t>();
}

std::vector<float> numbers(const Json& json, const std::string& where) {
  std::vector<float> values;
  for (const Json& value : json) {
    const auto number = value.get<double>();
    if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max()))) {
      refuse_card(where);
    }
    values.push_back(static_cast<float>(number));
  }
  return values;
}

CardFacts read_facts(const Json& json, const std::string& where) {
  CardFacts facts = {.format = json.at("format").get<std::string>(),
                     .network = json.at("network").get<std::string>(),
                     .classes = whole_number(json.at("classes"), most_classes + 1, where),
                     .sha256 = json.at("sha256").get<std::string>(),
                     .weights_sha256 = json.at("weights_sha256").get<std::string>(),
                     .expected = {.input = numbers(json.at("input"), where),
                                  .label = 0,
                                  .index = {},
                                  .output = numbers(json.at("output"), where)}};
  facts.expected.label = static_cast<std::int32_t>(
      whole_number(json.at("label"), std::max<std::int64_t>(facts.classes, 1), where));
  for (const Json& index : json.at("index")) {
    facts.expected.index.push_back(whole_number(index, std::numeric_limits<std::int64_t>::max(), where));
  }
  return facts;
}

}  // namespace

CardFacts parse_card(const std::string& text, const std::string& where) {
  const std::set<std::string> names = {"generator", "discriminator", "classifier"};
  const std::size_t begin = text.find(fence_begin);
  const std::size_t end =
      begin == std::string::npos ? begin : text.find(fence_end, begin + fence_begin.size());
  if (end == std::string::npos) {
    refuse_card(where);
  }
  try {
    const std::size_t first = begin + fence_begin.size();
    CardFacts facts = read_facts(Json::parse(text.substr(first, end - first)), where);
    if (names.contains(facts.network) && !facts.expected.index.empty() &&
        facts.expected.index.size() == facts.expected.output.size()) {
      return facts;
    }
  } catch (const Json::exception&) {
    // Refused below, as a card without facts is.
  }
  refuse_card(where);
}

}  // namespace ganymede::artifacts
