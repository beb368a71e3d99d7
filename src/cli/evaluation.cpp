#include "cli/evaluation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "base/number.h"
#include "eval/label_statistics.h"
#include "eval/metrics/bootstrap.h"

namespace ganymede::cli {

namespace {

using Json = nlohmann::ordered_json;

double half_interval(const eval::Estimate& estimate) {
  return eval::interval_in_deviations * estimate.deviation;
}

std::string_view arrow(eval::Better better) {
  return better == eval::Better::lower ? "↓" : better == eval::Better::higher ? "↑" : " ";
}

/// How many bytes of `text` are no columns: those that go on with a letter.
std::ptrdiff_t extra_bytes(std::string_view text) {
  constexpr int continuation = 0x80;
  return std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) == continuation; });
}

std::string table_of(const std::vector<ScoreRow>& rows) {
  constexpr int title_width = 26;
  std::string text =
      fmt::format("  {:<{}}{:>10}  {:>19}{:>10}\n", "", title_width, "value", "95% interval", "floor");
  for (const ScoreRow& row : rows) {
    if (std::isnan(row.estimate.value)) {
      continue;
    }
    const int decimals = row.info.decimals;
    const double half = half_interval(row.estimate);
    const std::string interval = std::isnan(half)
                                     ? ""
                                     : fmt::format("{:.{}f} to {:.{}f}", row.estimate.value - half, decimals,
                                                   row.estimate.value + half, decimals);
    text += fmt::format("{} {:<{}}{:>10.{}f}  {:>19}{:>10.{}f}\n", arrow(row.info.better), row.info.title,
                        title_width + extra_bytes(row.info.title), row.estimate.value, decimals, interval,
                        row.floor, decimals);
  }
  return text;
}

Json json_of(const std::vector<ScoreRow>& rows) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json = Json::object();
  for (const ScoreRow& row : rows) {
    const double value = row.estimate.value;
    const double half = half_interval(row.estimate);
    json[std::string(row.info.key)] = {{"value", number(value)},
                                       {"interval", {number(value - half), number(value + half)}},
                                       {"floor", number(row.floor)}};
  }
  return json;
}

std::vector<double> real_shares(const data::Dataset& dataset) {
  return eval::label_shares(dataset.test.labels, dataset.classes());
}

std::string label_line(const data::Dataset& dataset, std::span<const double> shares) {
  const std::vector<double> real = real_shares(dataset);
  std::string line = "labels as read (the data's):";
  for (std::size_t c = 0; c < real.size(); ++c) {
    line += fmt::format("{} {} {:.1f}% ({:.1f})", c > 0 ? " " : "", dataset.class_names[c], 100.0 * shares[c],
                        100.0 * real[c]);
  }
  return line + "\n";
}

std::string classifier_line(const artifacts::SavedClassifier& saved) {
  constexpr std::size_t enough_digits = 16;
  return fmt::format("classifier: {:.2f}% right on the test images, sha256 {}, features of {}\n",
                     100.0 * saved.info.accuracy, saved.sha256.substr(0, enough_digits),
                     saved.classifier.feature_layer());
}

}  // namespace

std::string as_table(const EvaluationReport& report, const artifacts::Instruments& instruments) {
  const data::Dataset& dataset = instruments.dataset;
  return table_of(report.rows) +
         (report.label_shares.empty() ? "" : label_line(dataset, report.label_shares)) +
         fmt::format("{}; {} images against the {} test images of {}, seed {}\n", report.images,
                     base::grouped(report.count),
                     base::grouped(static_cast<std::int64_t>(dataset.test.count())), dataset.name,
                     report.seed) +
         fmt::format("floor: {}\n", report.floor) + (report.note.empty() ? "" : report.note + "\n") +
         classifier_line(instruments.classifier);
}

std::string as_json(const EvaluationReport& report, const artifacts::Instruments& instruments) {
  Json json = {{"images", report.images},
               {"count", report.count},
               {"seed", report.seed},
               {"dataset", instruments.dataset.name},
               {"test_images", instruments.dataset.test.count()},
               {"classifier", artifacts::describe(instruments.classifier)},
               {"floor", report.floor},
               {"scores", json_of(report.rows)}};
  if (!report.note.empty()) {
    json["note"] = report.note;
  }
  if (!report.label_shares.empty()) {
    json["label_shares"] = report.label_shares;
    json["data_label_shares"] = real_shares(instruments.dataset);
  }
  return json.dump(2) + "\n";
}

}  // namespace ganymede::cli
