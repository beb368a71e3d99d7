#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/number.h"
#include "eval/metrics/bootstrap.h"
#include "scores/evaluation.h"

namespace ganymede::scores {

namespace {

using Json = nlohmann::ordered_json;

double half_interval(const eval::Estimate& estimate) {
  return eval::interval_in_deviations * estimate.deviation;
}

std::string_view arrow(eval::Better better) {
  return better == eval::Better::lower ? "↓" : better == eval::Better::higher ? "↑" : " ";
}

std::string table_of(const std::vector<ScoreRow>& rows) {
  constexpr int title_width = 31;
  const auto number = [](double value, int decimals) {
    return std::isnan(value) ? "" : fmt::format("{:.{}f}", value, decimals);
  };
  const bool by_training =
      std::ranges::any_of(rows, [](const ScoreRow& row) { return !std::isnan(row.training_floor); });
  std::string text = fmt::format("  {:<{}}{:>10}  {:>19}{:>10}{}\n", "", title_width, "value", "95% interval",
                                 "floor", by_training ? "  by training" : "");
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
    text += fmt::format("{} {:<{}}{:>10.{}f}  {:>19}{:>10}{}\n", arrow(row.info.better), row.info.title,
                        title_width, row.estimate.value, decimals, interval, number(row.floor, decimals),
                        by_training ? fmt::format("{:>13}", number(row.training_floor, decimals)) : "");
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
                                       {"floor", number(row.floor)},
                                       {"training_floor", number(row.training_floor)}};
  }
  return json;
}

std::string label_line(const EvaluationReport& report) {
  const Yardstick& real = report.yardstick;
  std::string line = "labels as classified (the data's):";
  for (std::size_t c = 0; c < real.label_shares.size(); ++c) {
    line += fmt::format("{} {} {:.1f}% ({:.1f})", c > 0 ? " " : "", real.class_names[c],
                        100.0 * report.label_shares[c], 100.0 * real.label_shares[c]);
  }
  return line + "\n";
}

std::string class_line(std::string_view what, const std::vector<std::string>& class_names,
                       const std::vector<double>& values, const std::vector<double>& floors) {
  std::string line = fmt::format("{} by class (floor):", what);
  for (std::size_t c = 0; c < values.size(); ++c) {
    line += fmt::format(" {} {:.2f} ({:.2f})", class_names[c], values[c], floors[c]);
  }
  return values.empty() ? "" : line + "\n";
}

std::string features_line(const Yardstick& real) {
  constexpr std::size_t enough_digits = 16;
  if (!real.classifier) {
    return fmt::format(
        "features: {}, as the data has no labels that a classifier could learn: compare these "
        "numbers with no others\n",
        real.features);
  }
  return fmt::format(
      "classifier: accuracy {:.2f}% on the test images, sha256 {}, features of {}; an FID is measured on "
      "those of Inception and cannot be compared\n",
      100.0 * real.classifier->accuracy, real.classifier->sha256.substr(0, enough_digits), real.features);
}

}  // namespace

Json to_json(const Yardstick& real) {
  return {{"dataset", real.dataset},
          {"test_images", real.test_images},
          {"compared_with", real.compared_with},
          {"classifier", real.classifier ? Json{{"accuracy", real.classifier->accuracy},
                                                {"sha256", real.classifier->sha256},
                                                {"layer", real.features}}
                                         : Json(nullptr)},
          {"independent_classifier", real.independent ? Json{{"accuracy", real.independent->accuracy},
                                                             {"sha256", real.independent->sha256}}
                                                      : Json(nullptr)}};
}

std::string as_table(const EvaluationReport& report) {
  const Yardstick& real = report.yardstick;
  return table_of(report.rows) + (report.label_shares.empty() ? "" : label_line(report)) +
         class_line("Fréchet distance", real.class_names, report.by_class.distances,
                    report.by_class_floor.distances) +
         class_line("recall", real.class_names, report.by_class.recalls, report.by_class_floor.recalls) +
         fmt::format("{}; {} images against the {} {} of {}, seed {}\n", report.images,
                     base::grouped(report.count), base::grouped(real.test_images), real.compared_with,
                     real.dataset, report.seed) +
         fmt::format("floor: {}{}{}\n", report.floor,
                     report.training_floor.empty() ? "" : "; by training: ", report.training_floor) +
         (report.note.empty() ? "" : report.note + "\n") + features_line(real);
}

std::string as_json(const EvaluationReport& report) {
  const Yardstick& real = report.yardstick;
  Json json = {{"images", report.images}, {"count", report.count}, {"seed", report.seed}};
  json.update(to_json(real));
  json["floor"] = report.floor;
  json["training_floor"] = report.training_floor;
  json["scores"] = json_of(report.rows);
  if (!real.classifier) {
    json["features"] = real.features;
  }
  if (!report.note.empty()) {
    json["note"] = report.note;
  }
  if (!report.label_shares.empty()) {
    json["label_shares"] = report.label_shares;
    json["data_label_shares"] = real.label_shares;
    json["class_distances"] = report.by_class.distances;
    json["class_distance_floors"] = report.by_class_floor.distances;
    json["class_recalls"] = report.by_class.recalls;
    json["class_recall_floors"] = report.by_class_floor.recalls;
  }
  return json.dump(2) + "\n";
}

}  // namespace ganymede::scores
