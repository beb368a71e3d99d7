#include "runs/verdict_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include "base/number.h"
#include "runs/metrics_file.h"

namespace ganymede::runs {

namespace {

using Json = nlohmann::ordered_json;

/// `begun` followed by the members of `object`.
std::string with_members(const std::string& begun, const Json& object) {
  return begun + ", " + object.dump(-1, ' ', false, Json::error_handler_t::replace).substr(1);
}

Json shares_of(const train::Examination& examination, double train::LabelShare::*member) {
  Json shares = Json::object();
  for (const train::LabelShare& label : examination.labels) {
    shares[label.name] = label.*member;
  }
  return shares;
}

/// Not a number where there is none.
float number_in(const nlohmann::json& line, const char* key) {
  const auto entry = line.find(key);
  return entry != line.end() && entry->is_number() ? entry->get<float>()
                                                   : std::numeric_limits<float>::quiet_NaN();
}

/// The metrics of a recipe's model; nothing if they are not all there.
std::optional<train::StepMetrics> metrics_in(const nlohmann::json& line, const train::Recipe& recipe) {
  train::StepMetrics metrics = train::no_metrics(recipe);
  bool complete = true;
  train::for_each_metric(metrics, [&](const char* name, float& value) {
    value = number_in(line, name);
    complete = complete && std::isfinite(value);
  });
  return complete ? std::optional(metrics) : std::nullopt;
}

train::GradientNorms norms_in(const nlohmann::json& line) {
  train::GradientNorms norms;
  train::for_each_norm(norms, [&](const char* name, float& value) { value = number_in(line, name); });
  return norms;
}

std::optional<train::Examination> examination_in(const nlohmann::json& line) {
  if (!line.contains("duplicates") || !line["duplicates"].is_number()) {
    return std::nullopt;
  }
  train::Examination examination{.duplicates = line["duplicates"].get<double>(), .labels = {}};
  const nlohmann::json shares = line.value("label_shares", nlohmann::json::object());
  const nlohmann::json of_data = line.value("data_label_shares", nlohmann::json::object());
  for (const auto& [name, share] : shares.items()) {
    if (share.is_number() && of_data.contains(name) && of_data[name].is_number()) {
      examination.labels.push_back({name, share.get<double>(), of_data[name].get<double>()});
    }
  }
  return examination;
}

std::string text_in(const nlohmann::json& line, const char* key) {
  return line.contains(key) && line[key].is_string() ? line[key].get<std::string>() : "";
}

/// A line without numbers: a divergence or a rollback.
std::optional<train::Finding> written_finding(const nlohmann::json& line) {
  const std::string event = text_in(line, "event");
  const bool rollback = event == "rollback";
  const auto ailment = train::parse_ailment(text_in(line, "kind"));
  if (!ailment || !(rollback || (event == "verdict" && *ailment == train::Ailment::not_finite))) {
    return std::nullopt;
  }
  const auto step = line["step"].get<std::int64_t>();
  return train::Finding{.ailment = *ailment,
                        .step = step,
                        .since_step = step,
                        .over = rollback,
                        .message = text_in(line, "message"),
                        .advice = text_in(line, "advice")};
}

}  // namespace

nlohmann::ordered_json describe(const train::Finding& finding) {
  return {{"kind", train::to_string(finding.ailment)},
          {"since_step", finding.since_step},
          {"over", finding.over},
          {"message", finding.message},
          {"advice", finding.advice}};
}

std::string verdict_line(const train::Position& position, const train::Finding& finding) {
  return with_members(begin_metrics_line(position, "verdict"), describe(finding));
}

std::string examination_line(const train::Position& position, const train::Examination& examination,
                             std::string_view event) {
  Json members = {{"duplicates", examination.duplicates}};
  if (!examination.labels.empty()) {
    members["label_shares"] = shares_of(examination, &train::LabelShare::share);
    members["data_label_shares"] = shares_of(examination, &train::LabelShare::of_data);
  }
  return with_members(begin_metrics_line(position, event), members);
}

std::string rollback_line(const train::Position& position, const Rollback& rollback) {
  return with_members(begin_metrics_line(position, "rollback"), {{"kind", train::to_string(rollback.ailment)},
                                                                 {"from_step", rollback.from_step},
                                                                 {"message", rollback.message}});
}

std::string change_line(const train::Position& position, const std::vector<ChangedSetting>& changes) {
  Json settings = Json::object();
  std::vector<std::string> words;
  for (const auto& [key, from, to] : changes) {
    settings[key] = {{"from", from}, {"to", to}};
    words.push_back(fmt::format("{} from {} to {}", key, from, to));
  }
  const std::string message = fmt::format("Changed {}", fmt::join(words, ", "));
  return with_members(begin_metrics_line(position, "change"), {{"settings", settings}, {"message", message}});
}

std::string undo_line(const train::Position& position, std::int64_t from_step) {
  const std::string message =
      fmt::format("The last change is undone: back from step {}", base::grouped(from_step));
  return with_members(begin_metrics_line(position, "undo"), {{"from_step", from_step}, {"message", message}});
}

History read_history(const std::filesystem::path& metrics, const train::Recipe& recipe) {
  History history{.doctor = train::Doctor(recipe), .findings = {}};
  const auto append = [&](std::vector<train::Finding> found) {
    std::ranges::move(found, std::back_inserter(history.findings));
  };
  for_each_line(metrics, [&](std::string_view, const nlohmann::json& line) {
    const auto step = line["step"].get<std::int64_t>();
    history.last_step = std::max(history.last_step, step);
    history.diverged = false;
    if (auto finding = written_finding(line)) {
      history.diverged = !finding->over;
      history.findings.push_back(*std::move(finding));
    } else if (const auto examination = examination_in(line)) {
      append(history.doctor.observe(step, *examination));
    } else if (const auto measured = metrics_in(line, recipe)) {
      append(history.doctor.observe(step, *measured, norms_in(line)));
    }
  });
  return history;
}

}  // namespace ganymede::runs
