#include "cli/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "cli/attending_doctor.h"
#include "cli/event_log.h"
#include "cli/format.h"
#include "cli/host.h"
#include "cli/json_output.h"
#include "cli/measurement.h"
#include "cli/page_server.h"
#include "cli/recorder.h"
#include "cli/report.h"
#include "cli/resumption.h"

namespace ganymede::cli {

namespace {

/// Why training could not go on.
struct Divergence {
  base::Error error;
  train::Finding finding;
  std::int64_t last_good_step = 0;
};
using End = std::variant<train::Outcome, Divergence>;

/// The command that goes on with a run that was stopped.
std::string resume_command(const RunDirectory& run) {
  return own_command({"train", "--resume", run.path().string()});
}

/// The command that goes on with a run that has diverged.
std::string calmer_command(const RunDirectory& run, const train::Recipe& recipe) {
  std::vector<std::string> command = {"train", "--resume", run.path().string()};
  for (const train::LearningNetwork& network : train::learning_networks(recipe)) {
    command.insert(command.end(),
                   {"--set", fmt::format("{}_optimizer.learning_rate={:g}", network.name,
                                         train::calmer_rate(network.optimizer.learning_rate))});
  }
  return own_command(command);
}

int report_divergence(const Divergence& divergence, const RunDirectory& run, const train::Recipe& recipe) {
  print_error(divergence.error.what());
  const auto good = run.find_checkpoints(divergence.last_good_step);
  print_hint(fmt::format("{}. Go on with lower learning rates: {}",
                         good.empty() ? "No checkpoint from before that is left"
                                      : good.front().string() + " is the last good checkpoint",
                         calmer_command(run, recipe)));
  return static_cast<int>(divergence.error.kind());
}

/// Prints what each layer's passes took in each of `steps`.
void print_profile(Training& training, std::int64_t steps) {
  const double peak = peak_gflops(training.device, train::resolve(training.recipe.training.precision));
  print(table(pass_rows(training.recipe, training.trainer.model().pass_times(),
                        std::max<std::int64_t>(steps, 1), peak)));
}

/// Everything around a training that stays when it is taken back to a checkpoint.
class Session {
 public:
  /// The references must outlive it.
  Session(const RunDirectory& run, const StopOnSignal& signals, const TrainOptions& options, Console& console)
      : run_(run), signals_(signals), options_(options), console_(console), json_(options.json, signals) {}

  /// Trains to the end, until a signal or until it diverges for good, and writes down everything. Replaces
  /// the training by that of an earlier checkpoint where it diverges and the options say so, three times at
  /// most.
  End carry_out(std::unique_ptr<Training>& training) {
    constexpr int most_rollbacks = 3;
    if (options_.serve) {
      page_.emplace(*training, run_, signals_, PageAddress{*options_.serve, options_.host}, console_);
    }
    End end = train(*training);
    for (int rollbacks = 0; rollbacks < most_rollbacks && go_back(training, end); ++rollbacks) {
      end = train(*training);
    }
    if (page_) {
      tell_page(end, training->recipe);
    }
    return end;
  }

  const JsonOutput& json() const { return json_; }

 private:
  End train(Training& training);
  bool go_back(std::unique_ptr<Training>& training, const End& end);
  void tell_page(const End& end, const train::Recipe& recipe);

  const RunDirectory& run_;
  const StopOnSignal& signals_;
  const TrainOptions& options_;
  Console& console_;
  JsonOutput json_;
  std::optional<TrainingPage> page_;
};

End Session::train(Training& training) {
  Scoring* const scoring = training.scoring ? &*training.scoring : nullptr;
  if (scoring != nullptr) {
    scoring->resume(run_);
  }
  Recorder recorder(run_, training.recipe, training.snapshots, scoring, console_, json_);
  EventLog event_log(run_, training.recipe, training.trainer, scoring, console_);
  AttendingDoctor doctor(run_, training.recipe,
                         Examiner(training.recipe, training.snapshots, *training.dataset, training.device,
                                  options_.classifier, console_),
                         console_, json_, options_.on_divergence);
  training.trainer.model().time_passes(options_.profile);
  training.trainer.subscribe([&](const train::Event& event) { recorder.record(event); });
  // Behind the recorder, whose samples and scores it takes.
  training.trainer.subscribe([&](const train::Event& event) { event_log.record(event); });
  training.trainer.subscribe([&](const train::Event& event) { doctor.record(event); });
  training.trainer.subscribe(
      [&](const train::Event& event) { recorder.finish(event, doctor.last_good_step()); });
  if (page_) {
    page_->follow(training.trainer);
  }
  const auto before_step = [&] {
    if (page_ && page_->control().wait_for_leave(signals_.token())) {
      recorder.leave_out_pause();
    }
  };
  try {
    const train::Outcome outcome = training.trainer.run(signals_.token(), before_step);
    recorder.keep_checkpoint(doctor.last_good_step());
    console_.keep_status();
    return outcome;
  } catch (const base::Error& error) {
    console_.keep_status();
    if (error.kind() != base::ErrorKind::diverged) {
      throw;
    }
    return Divergence{error, doctor.diagnose(training.trainer.position()), doctor.last_good_step()};
  }
}

/// Tells those who watch how the run ended and how to go on with it.
void Session::tell_page(const End& end, const train::Recipe& recipe) {
  if (std::holds_alternative<Divergence>(end)) {
    page_->control().end(serve::RunState::diverged, calmer_command(run_, recipe));
  } else if (std::get<train::Outcome>(end) == train::Outcome::stopped) {
    page_->control().end(serve::RunState::stopped, resume_command(run_));
  } else {
    page_->control().end(serve::RunState::finished);
  }
}

/// Whether the training has been replaced by that of an earlier checkpoint.
bool Session::go_back(std::unique_ptr<Training>& training, const End& end) {
  const auto* divergence = std::get_if<Divergence>(&end);
  if (divergence == nullptr || options_.on_divergence != OnDivergence::rollback) {
    return false;
  }
  const auto checkpoint = find_checkpoint(run_, divergence->last_good_step, console_);
  if (!checkpoint) {
    console_.warn("No checkpoint from before that is left to go back to");
    return false;
  }
  const std::int64_t from_step = training->trainer.position().step;
  training = roll_back(std::move(training), divergence->finding, *checkpoint, run_, options_, json_);
  console_.say(describe_rollback(*training, from_step));
  return true;
}

}  // namespace

void announce(Console& console, const std::string& what, const train::Recipe& recipe) {
  const train::TrainingSettings& training = recipe.training;
  const int threads = base::thread_count();
  console.say(fmt::format("{} {} on {}: batches of {}, {}, {} thread{}, seed {}", what, recipe.name,
                          recipe.data, training.batch_size, precision_name(recipe), threads,
                          threads == 1 ? "" : "s", training.seed));
}

void announce(Console& console, const Training& training, const RunDirectory& run) {
  const train::Position& position = training.trainer.position();
  console.say(fmt::format("{} images of {}x{}, {} steps an epoch, {} steps to go; the run is in {}",
                          grouped(static_cast<std::int64_t>(training.dataset->train.count())),
                          training.dataset->height, training.dataset->width, grouped(position.steps_an_epoch),
                          grouped(position.total_steps - position.step), run.path().string()));
}

namespace {

/// Says why standard output could not be written, unless its reader has just gone.
int end_of(const JsonOutput& json) {
  const std::error_code& failure = json.failure();
  if (failure && failure != std::errc::broken_pipe) {
    print_error(print_failure(failure).what());
  }
  return json.exit_status();
}

}  // namespace

int carry_out(std::unique_ptr<Training> training, const RunDirectory& run, const StopOnSignal& signals,
              const TrainOptions& options, Console& console) {
  const std::int64_t first_step = training->trainer.position().step;
  Session session(run, signals, options, console);
  const End end = session.carry_out(training);
  draw_report(run, training->recipe, console);
  if (const auto* divergence = std::get_if<Divergence>(&end)) {
    return report_divergence(*divergence, run, training->recipe);
  }
  if (options.profile) {
    print_profile(*training, training->trainer.position().step - first_step);
  }
  if (std::get<train::Outcome>(end) == train::Outcome::stopped) {
    console.say(fmt::format("Stopped after step {}. To go on: {}", training->trainer.position().step,
                            resume_command(run)));
    const int failed = end_of(session.json());
    return failed != 0 ? failed : signals.exit_status();
  }
  console.say(fmt::format("Done. To draw new images: {}", own_command({"sample", run.path().string()})));
  return end_of(session.json());
}

}  // namespace ganymede::cli
