#include "cli/evaluation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
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

/// A score of images beside that of the floor.
struct Row {
  eval::ScoreInfo info;
  eval::Estimate estimate;
  double floor;

  double half_interval() const { return eval::interval_in_deviations * estimate.deviation; }
};

template <class AnyScores>
std::vector<Row> rows_of(const AnyScores& scores, const AnyScores& floor) {
  std::vector<Row> rows;
  for_each_score(scores, [&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    rows.push_back({info, estimate, 0.0});
  });
  auto row = rows.begin();
  for_each_score(floor, [&](const eval::ScoreInfo&, const eval::Estimate& estimate) {
    (row++)->floor = estimate.value;
  });
  return rows;
}

std::string_view arrow(eval::Better better) {
  return better == eval::Better::lower ? "↓" : better == eval::Better::higher ? "↑" : " ";
}

/// How many bytes of `text` are no columns: those that go on with a letter.
std::ptrdiff_t extra_bytes(std::string_view text) {
  constexpr int continuation = 0x80;
  return std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) == continuation; });
}

std::string table_of(const std::vector<Row>& rows) {
  constexpr int title_width = 26;
  std::string text =
      fmt::format("  {:<{}}{:>10}  {:>19}{:>10}\n", "", title_width, "value", "95% interval", "floor");
  for (const Row& row : rows) {
    if (std::isnan(row.estimate.value)) {
      continue;
    }
    const int decimals = row.info.decimals;
    const double half = row.half_interval();
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

Json json_of(const std::vector<Row>& rows) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json = Json::object();
  for (const Row& row : rows) {
    const double value = row.estimate.value;
    const double half = row.half_interval();
    json[std::string(row.info.key)] = {{"value", number(value)},
                                       {"interval", {number(value - half), number(value + half)}},
                                       {"floor", number(row.floor)}};
  }
  return json;
}

std::string label_line(const data::Dataset& dataset, const eval::Evaluation& evaluation) {
  const auto real = eval::label_shares(dataset.test.labels, dataset.classes());
  std::string line = "labels as read (the data's):";
  for (std::size_t c = 0; c < real.size(); ++c) {
    line += fmt::format("{} {} {:.1f}% ({:.1f})", c > 0 ? " " : "", dataset.class_names[c],
                        100.0 * evaluation.label_shares[c], 100.0 * real[c]);
  }
  return line + "\n";
}

std::string classifier_line(const SavedClassifier& saved) {
  constexpr std::size_t enough_digits = 16;
  return fmt::format("classifier: {:.2f}% right on the test images, sha256 {}, features of {}\n",
                     100.0 * saved.info.accuracy, saved.sha256.substr(0, enough_digits),
                     saved.classifier.feature_layer());
}

/// What every report begins with.
Json protocol(const std::string& images, std::int64_t count, std::uint64_t seed,
              const Instruments& instruments) {
  return {{"images", images},
          {"count", count},
          {"seed", seed},
          {"dataset", instruments.dataset.name},
          {"test_images", instruments.dataset.test.count()},
          {"classifier",
           {{"accuracy", instruments.classifier.info.accuracy},
            {"sha256", instruments.classifier.sha256},
            {"layer", instruments.classifier.classifier.feature_layer()}}}};
}

}  // namespace

Instruments::Instruments(const std::string& data, const std::filesystem::path& classifier_file)
    : dataset(open_data(data, data::Splits::train_and_test)),
      classifier(open_classifier(file_or_default(classifier_file, dataset.name), dataset, device)) {}

eval::LabelledImages view(const data::Split& split) {
  return {split.pixels, split.labels};
}

std::string as_table(const EvaluationReport& report, const Instruments& instruments) {
  const data::Dataset& dataset = instruments.dataset;
  return table_of(rows_of(report.evaluation.scores, report.floor.scores)) +
         label_line(dataset, report.evaluation) +
         fmt::format("{}; {} images against the {} test images of {}, seed {}\n", report.images,
                     grouped(report.evaluation.count),
                     grouped(static_cast<std::int64_t>(dataset.test.count())), dataset.name, report.seed) +
         fmt::format("floor: {} real training images against the same test images\n",
                     grouped(report.floor.count)) +
         classifier_line(instruments.classifier);
}

std::string as_json(const EvaluationReport& report, const Instruments& instruments) {
  Json json = protocol(report.images, report.evaluation.count, report.seed, instruments);
  json["scores"] = json_of(rows_of(report.evaluation.scores, report.floor.scores));
  json["label_shares"] = report.evaluation.label_shares;
  for (const auto& [part, seconds] : report.evaluation.seconds) {
    json["seconds"][std::string(part)] = seconds;
  }
  return json.dump(2) + "\n";
}

std::string as_table(const StackedReport& report, const Instruments& instruments) {
  return table_of(rows_of(report.scores, report.floor)) +
         fmt::format("{}; {} images, seed {}; floor: as many stacks of training images of {}\n",
                     report.images, grouped(report.count), report.seed, instruments.dataset.name) +
         classifier_line(instruments.classifier);
}

std::string as_json(const StackedReport& report, const Instruments& instruments) {
  Json json = protocol(report.images, report.count, report.seed, instruments);
  json["scores"] = json_of(rows_of(report.scores, report.floor));
  return json.dump(2) + "\n";
}

}  // namespace ganymede::cli
