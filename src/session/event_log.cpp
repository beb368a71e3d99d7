#include "session/event_log.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include "io/files/file.h"

namespace ganymede::session {

namespace {

/// A text as Markdown shows it letter by letter.
std::string as_code(std::string_view text) {
  std::string code = "    ";
  for (const char letter : text) {
    code += letter;
    if (letter == '\n') {
      code += "    ";
    }
  }
  return code;
}

}  // namespace

EventLog::EventLog(const runs::RunDirectory& run, const train::Recipe& recipe, train::Trainer& trainer,
                   const scores::Scoring* scoring, const Observer& observer)
    : run_(run), trainer_(trainer), scoring_(scoring), observer_(observer) {
  try {
    begin(recipe);
  } catch (const base::Error& error) {
    give_up(error);
  }
}

void EventLog::begin(const train::Recipe& recipe) {
  const std::int64_t step = trainer_.position().step;
  file_.emplace(run_.path(), step);
  file_->add_text(step, "recipe", as_code(train::to_toml(recipe)));
  if (step == 0) {
    add_sample(0, 0);
  }
}

void EventLog::give_up(const base::Error& error) {
  file_.reset();
  observer_.warn(fmt::format("Continuing without a file for TensorBoard: {}", error.what()));
}

void EventLog::record(const train::Event& event) {
  if (!file_) {
    return;
  }
  try {
    std::visit([this](const auto& happened) { record(happened); }, event);
  } catch (const base::Error& error) {
    give_up(error);
  }
}

void EventLog::record(const train::IntervalFinished& event) {
  std::vector<io::EventFile::Scalar> scalars;
  train::for_each_metric(event.metrics, [&](const char* name, float value) {
    scalars.push_back({name, value});
  });
  train::for_each_norm(event.gradient_norms, [&](const char* name, float value) {
    if (std::isfinite(value)) {
      scalars.push_back({name, value});
    }
  });
  file_->add_scalars(event.position.step, scalars);
}

void EventLog::record(const train::EpochFinished& event) {
  add_sample(event.position.step, event.position.epoch());
  add_scores(event.position.step);
  for (train::Network* network : trainer_.model().networks().all()) {
    add_histograms(event.position.step, *network);
  }
}

void EventLog::add_sample(std::int64_t step, std::int64_t epoch) {
  constexpr std::size_t largest_sheet = std::size_t{1} << 28;
  std::error_code ignored;
  if (const std::filesystem::path sheet = run_.sample(epoch); std::filesystem::exists(sheet, ignored)) {
    file_->add_image(step, "samples", io::read_file(sheet, largest_sheet));
  }
}

void EventLog::add_scores(std::int64_t step) {
  if (scoring_ == nullptr || scoring_->position().step != step) {
    return;  // not every epoch is scored
  }
  std::vector<io::EventFile::Scalar> scalars;
  scoring_->for_each([&](const eval::ScoreInfo& info, const eval::Estimate& estimate) {
    scalars.push_back({std::string(info.key), static_cast<float>(estimate.value)});
  });
  file_->add_scalars(step, scalars);
}

void EventLog::add_histograms(std::int64_t step, train::Network& network) {
  net::Weights& weights = network.weights();
  for (const net::WeightRow& row : weights.table()) {
    file_->add_histogram(step, network.spec().name + "/" + row.name, weights.values(row));
    if (row.role == net::WeightDeclaration::Role::parameter) {
      const auto size = static_cast<std::size_t>(row.shape.elements());
      file_->add_histogram(step, network.spec().name + "_gradients/" + row.name,
                           weights.gradients().subspan(static_cast<std::size_t>(row.offset), size));
    }
  }
}

}  // namespace ganymede::session
