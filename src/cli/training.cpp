#include "cli/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "cli/event_log.h"
#include "cli/format.h"
#include "cli/host.h"
#include "cli/measurement.h"
#include "cli/page_server.h"
#include "cli/recorder.h"
#include "cli/report.h"

namespace ganymede::cli {

namespace {

void draw_report(const RunDirectory& run, const train::Recipe& recipe, Console& console) {
  animate_samples(run);
  draw_scores(run, recipe.name);
  if (draw_losses(run, recipe) == io::PlotStatus::gnuplot_is_missing) {
    console.warn(advice_without_gnuplot(run));
  }
}

int report_divergence(const base::Error& error, const RunDirectory& run, const train::Recipe& recipe) {
  print_error(error.what());
  std::vector<std::string> command = {"train", "--resume", run.path().string()};
  for (const train::LearningNetwork& network : train::learning_networks(recipe)) {
    command.insert(command.end(),
                   {"--set", fmt::format("{}_optimizer.learning_rate={:g}", network.name,
                                         std::min(network.optimizer.learning_rate / 10.0, 1e-4))});
  }
  print_hint(fmt::format("{} is the last good checkpoint. Go on from it with lower learning rates: {}",
                         run.find_checkpoints().front().string(), own_command(command)));
  return static_cast<int>(error.kind());
}

/// Prints what each layer's passes took in each of `steps`.
void print_profile(Training& training, std::int64_t steps) {
  const double peak = peak_gflops(training.device, train::resolve(training.recipe.training.precision));
  print(table(pass_rows(training.recipe, training.trainer.model().pass_times(),
                        std::max<std::int64_t>(steps, 1), peak)));
}

}  // namespace

void resolve_for_this_machine(train::Recipe& recipe) {
  base::set_thread_count(static_cast<int>(recipe.training.threads));
  recipe.training.threads = base::thread_count();
  recipe.training.precision = train::resolve(recipe.training.precision) == base::DType::bf16
                                  ? train::Precision::bf16
                                  : train::Precision::f32;
}

void announce(Console& console, const std::string& what, const train::Recipe& recipe) {
  const train::TrainingSettings& training = recipe.training;
  console.say(fmt::format("{} {} on {}: batches of {}, {}, {} thread{}, seed {}", what, recipe.name,
                          recipe.data, training.batch_size, precision_name(recipe), training.threads,
                          training.threads == 1 ? "" : "s", training.seed));
}

void announce(Console& console, const Training& training, const RunDirectory& run) {
  const train::Position& position = training.trainer.position();
  console.say(fmt::format("{} images of {}x{}, {} steps an epoch, {} steps to go; the run is in {}",
                          grouped(static_cast<std::int64_t>(training.dataset.train.count())),
                          training.dataset.height, training.dataset.width, grouped(position.steps_an_epoch),
                          grouped(position.total_steps - position.step), run.path().string()));
}

int carry_out(Training& training, const RunDirectory& run, const StopOnSignal& signals,
              const TrainOptions& options, Console& console) {
  Scoring* const scoring = training.scoring ? &*training.scoring : nullptr;
  if (scoring != nullptr) {
    scoring->resume(run.metrics());
  }
  Recorder recorder(run, training.recipe, training.snapshots, scoring, console, options.json);
  EventLog event_log(run, training.recipe, training.trainer);
  const std::int64_t first_step = training.trainer.position().step;
  training.trainer.model().time_passes(options.profile);
  training.trainer.subscribe([&](const train::Event& event) { recorder.record(event); });
  // Behind the recorder, whose samples it takes.
  training.trainer.subscribe([&](const train::Event& event) { event_log.record(event); });
  std::optional<TrainingPage> page;
  if (options.serve) {
    page.emplace(training, run, signals, PageAddress{*options.serve, options.host}, console);
  }
  const auto before_step = [&] {
    if (page && page->control().wait_for_leave(signals.token())) {
      recorder.leave_out_pause();
    }
  };
  train::Outcome outcome = train::Outcome::finished;
  try {
    outcome = training.trainer.run(signals.token(), before_step);
    training.snapshots.write_checkpoint(run);
  } catch (const base::Error& error) {
    console.keep_status();
    if (error.kind() != base::ErrorKind::diverged) {
      throw;
    }
    draw_report(run, training.recipe, console);
    return report_divergence(error, run, training.recipe);
  }
  console.keep_status();
  draw_report(run, training.recipe, console);
  if (options.profile) {
    print_profile(training, training.trainer.position().step - first_step);
  }
  if (outcome == train::Outcome::stopped) {
    console.say(fmt::format("Stopped after step {}. To go on: {}", training.trainer.position().step,
                            own_command({"train", "--resume", run.path().string()})));
    return signals.exit_status();
  }
  console.say(fmt::format("Done. To draw new images: {}", own_command({"sample", run.path().string()})));
  return 0;
}

}  // namespace ganymede::cli
