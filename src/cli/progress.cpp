#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/number.h"

namespace ganymede::cli {

namespace {

constexpr std::string_view separator = "  ";

std::string images_a_second(const session::Pace& pace, std::int64_t batch_size) {
  return base::compact(static_cast<double>(batch_size) / std::max(pace.seconds_a_step(), 1e-9));
}

/// "[=====>    ]" with `room` columns in all; empty if there is too little room.
std::string bar(double share, int room) {
  constexpr int shortest = 7;
  if (room < shortest) {
    return {};
  }
  const int inside = room - 2;
  const int done = std::clamp(static_cast<int>(share * inside), 0, inside);
  std::string picture(static_cast<std::size_t>(done), '=');
  if (done < inside) {
    picture += '>';
  }
  return fmt::format("[{:<{}}]", picture, inside);
}

/// The fields of a step on the status line, the most important first.
std::vector<std::string> status_fields(const train::GanMetrics& metrics) {
  return {
      fmt::format("D {:.3f}/{:.3f}", metrics.discriminator_loss_real, metrics.discriminator_loss_fake),
      fmt::format("G {:.3f}", metrics.generator_loss),
      fmt::format("acc {}/{}", base::percent(metrics.accuracy_real), base::percent(metrics.accuracy_fake)),
      fmt::format("D(x) {:.2f}", metrics.probability_real),
      fmt::format("D(G(z)) {:.2f}", metrics.probability_fake)};
}

std::vector<std::string> status_fields(const train::VaeMetrics& metrics) {
  return {fmt::format("loss {:.1f}", metrics.loss),
          fmt::format("reconstruction {:.1f}", metrics.reconstruction),
          fmt::format("KL {:.1f}", metrics.divergence)};
}

/// The same as a line of its own.
std::string epoch_summary(const train::GanMetrics& metrics) {
  return fmt::format(
      "loss D real {:.3f} fake {:.3f} G {:.3f}  accuracy real {} fake {}  D(x) {:.2f} D(G(z)) {:.2f}",
      metrics.discriminator_loss_real, metrics.discriminator_loss_fake, metrics.generator_loss,
      base::percent(metrics.accuracy_real), base::percent(metrics.accuracy_fake), metrics.probability_real,
      metrics.probability_fake);
}

std::string epoch_summary(const train::VaeMetrics& metrics) {
  return fmt::format("loss {:.2f}  reconstruction {:.2f}  KL {:.2f}", metrics.loss, metrics.reconstruction,
                     metrics.divergence);
}

}  // namespace

std::string status_line(const train::Position& position, const train::StepMetrics& metrics,
                        std::string_view scores, const session::Pace& pace, std::int64_t batch_size,
                        int width) {
  constexpr int longest_bar = 22;
  std::vector<std::string> fields = {
      fmt::format("epoch {}/{}", position.epoch(), position.epochs()),
      fmt::format("step {}/{}", position.step, position.total_steps),
      fmt::format("ETA {}", base::duration(pace.seconds_left(position))),
      fmt::format("{:.1f} ms/step", pace.seconds_a_step() * 1e3),
      fmt::format("{} img/s", images_a_second(pace, batch_size)),
  };
  const auto measured = std::visit([](const auto& model) { return status_fields(model); }, metrics);
  fields.insert(fields.end(), measured.begin(), measured.end());
  if (!scores.empty()) {
    constexpr std::ptrdiff_t place = 3;  // after the fields on the remaining time
    fields.emplace(fields.begin() + place, scores);
  }
  constexpr std::size_t fields_before_bar = 2;
  int used = 0;
  std::size_t count = 0;
  while (count < fields.size()) {
    const auto length = static_cast<int>(fields[count].size() + (count > 0 ? separator.size() : 0));
    if (used + length >= width) {
      break;
    }
    used += length;
    ++count;
  }
  std::string line;
  for (std::size_t n = 0; n < count; ++n) {
    line += fmt::format("{}{}", n > 0 ? separator : "", fields[n]);
    if (n + 1 == fields_before_bar) {
      const int room = std::min(width - 1 - used - static_cast<int>(separator.size()), longest_bar);
      const std::string picture =
          bar(static_cast<double>(position.step) / static_cast<double>(position.total_steps), room);
      line += picture.empty() ? picture : fmt::format("{}{}", separator, picture);
    }
  }
  return line;
}

void Progress::show_step(const train::StepFinished& event, const session::Pace& pace) {
  constexpr auto interval = std::chrono::milliseconds(100);
  if (!console_.live()) {
    return;
  }
  since_shown_.add(event.metrics);
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_ >= interval || event.position.step == event.position.total_steps) {
    console_.show_status(
        status_line(event.position, since_shown_.mean(), scores_, pace, batch_size_, console_.width()));
    since_shown_.reset();
    shown_ = now;
  }
}

void Progress::show_scores(const train::Position& position, const scores::Scoring& scoring) {
  scores_ = scoring.status();
  if (!console_.live()) {
    console_.say(fmt::format("epoch {}/{}  {}", position.epoch(), position.epochs(), scoring.summary()));
  }
}

void Progress::show_epoch(const train::EpochFinished& event, const session::Pace& pace) {
  if (console_.live()) {
    return;
  }
  const train::Position& position = event.position;
  console_.say(fmt::format(
      "epoch {}/{}  step {}/{}  ETA {}  {:.1f} ms/step  {} images/s  {}", position.epoch(), position.epochs(),
      position.step, position.total_steps, base::duration(pace.seconds_left(position)),
      pace.seconds_a_step() * 1e3, images_a_second(pace, batch_size_),
      std::visit([](const auto& model) { return epoch_summary(model); }, event.metrics)));
}

}  // namespace ganymede::cli
