#include "cli/evaluation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "cli/data_source.h"
#include "cli/format.h"
#include "eval/bootstrap.h"
#include "eval/label_statistics.h"

namespace ganymede::cli {

namespace {

using Json = nlohmann::ordered_json;

std::filesystem::path file_or_default(const std::filesystem::path& file, const std::string& dataset) {
  return file.empty() ? find_classifier(dataset) : file;
}

eval::LabelledImages view(const data::Split& split) {
  return {split.pixels, split.labels};
}

double half_interval(const eval::Estimate& estimate) {
  return eval::interval_in_deviations * estimate.deviation;
}

/// The scores in a row, so that two evaluations can be walked side by side.
std::vector<eval::Estimate> values_of(eval::Scores scores) {
  std::vector<eval::Estimate> values;
  for_each_score(scores,
                 [&](const eval::ScoreInfo&, const eval::Estimate& estimate) { values.push_back(estimate); });
  return values;
}

std::string arrow(eval::Better better) {
  return better == eval::Better::lower ? "↓" : better == eval::Better::higher ? "↑" : " ";
}

std::string label_line(const data::Dataset& dataset, const eval::Evaluation& evaluation) {
  const auto real = eval::label_shares(dataset.test.labels, dataset.classes());
  std::string line;
  for (std::size_t c = 0; c < real.size(); ++c) {
    line += fmt::format("{}{} {:.1f}% ({:.1f})", c > 0 ? "  " : "", dataset.class_names[c],
                        100.0 * evaluation.label_shares[c], 100.0 * real[c]);
  }
  return line;
}

}  // namespace

Measuring::Measuring(const std::string& data, const std::filesystem::path& classifier_file,
                     const eval::EvaluationSettings& settings)
    : dataset(open_data(data, data::Splits::train_and_test)),
      classifier(open_classifier(file_or_default(classifier_file, dataset.name), dataset, device)),
      evaluator(classifier.classifier, {view(dataset.test), view(dataset.train)}, settings, device) {}

std::string evaluation_table(const EvaluationReport& report, const Measuring& measuring) {
  // Widths count bytes, which an é has two of.
  constexpr int title_width = 28;
  std::string text =
      fmt::format("{:<{}}{:>10}  {:>19}{:>10}\n", "", title_width, "value", "95% interval", "floor");
  const std::vector<eval::Estimate> floors = values_of(report.floor.scores);
  auto floor = floors.begin();
  eval::Scores scores = report.evaluation.scores;
  for_each_score(scores, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    const double of_floor = (floor++)->value;
    if (std::isnan(estimate.value)) {
      return;
    }
    const double half = half_interval(estimate);
    const std::string interval = std::isnan(half)
                                     ? ""
                                     : fmt::format("{:.{}f} to {:.{}f}", estimate.value - half, info.decimals,
                                                   estimate.value + half, info.decimals);
    const auto accents = std::ranges::count_if(info.title, [](char c) { return (c & 0xC0) == 0x80; });
    text += fmt::format("{} {:<{}}{:>10.{}f}  {:>19}{:>10.{}f}\n", arrow(info.better), info.title,
                        title_width - 2 + accents, estimate.value, info.decimals, interval, of_floor,
                        info.decimals);
  });
  text += fmt::format("labels as read (the data's): {}\n", label_line(measuring.dataset, report.evaluation));
  text += fmt::format("{}; {} images against the {} test images of {}, seed {}\n", report.images,
                      grouped(report.evaluation.count),
                      grouped(static_cast<std::int64_t>(measuring.dataset.test.count())),
                      measuring.dataset.name, report.seed);
  text += fmt::format("floor: as many real training images against the same test images\n");
  text += fmt::format("classifier: {:.2f}% right on the test images, sha256 {}, features of {}\n",
                      100.0 * measuring.classifier.info.accuracy, measuring.classifier.sha256.substr(0, 16),
                      measuring.classifier.classifier.feature_layer());
  return text;
}

std::string evaluation_json(const EvaluationReport& report, const Measuring& measuring) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json scores = Json::object();
  const std::vector<eval::Estimate> floors = values_of(report.floor.scores);
  auto floor = floors.begin();
  eval::Scores measured = report.evaluation.scores;
  for_each_score(measured, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    const double half = half_interval(estimate);
    scores[std::string(info.key)] = {
        {"value", number(estimate.value)},
        {"interval", {number(estimate.value - half), number(estimate.value + half)}},
        {"floor", number((floor++)->value)}};
  });
  Json seconds = Json::object();
  for (const auto& [part, taken] : report.evaluation.seconds) {
    seconds[std::string(part)] = taken;
  }
  seconds["everything"] = report.seconds;
  const Json json = {{"images", report.images},
                     {"count", report.evaluation.count},
                     {"test_images", measuring.dataset.test.count()},
                     {"dataset", measuring.dataset.name},
                     {"seed", report.seed},
                     {"classifier",
                      {{"accuracy", measuring.classifier.info.accuracy},
                       {"sha256", measuring.classifier.sha256},
                       {"layer", measuring.classifier.classifier.feature_layer()}}},
                     {"scores", scores},
                     {"label_shares", report.evaluation.label_shares},
                     {"seconds", seconds}};
  return json.dump(2) + "\n";
}

}  // namespace ganymede::cli
