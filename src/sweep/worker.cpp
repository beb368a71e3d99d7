#include "sweep/worker.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "base/number.h"
#include "dist/world.h"
#include "net/toml_fields.h"
#include "runs/run_lock.h"
#include "sweep/table.h"

namespace ganymede::sweep {

namespace {

using Clock = std::chrono::steady_clock;

std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? std::nullopt : base::to_number<std::int64_t>(text);
}

/// Waits, but not beyond a request to stop.
void pause(const std::stop_token& stop) {
  constexpr auto interval = std::chrono::milliseconds(500);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, interval, [] { return false; });
}

/// Takes a run for this worker; nothing if another one has it.
std::optional<runs::RunLock> claim(const Plan& plan, const Run& run) {
  const runs::RunDirectory place = claim_of(plan, run);
  make_directory(place.path());
  return runs::RunLock::take_free(place);
}

class Worker {
 public:
  Worker(const Plan& plan, const Place& place, const std::stop_token& stop, const Observer& observer)
      : plan_(plan), place_(place), asked_(stop), observer_(observer) {
    if (const auto seconds = plan.description.budget.seconds) {
      deadline_ =
          Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*seconds));
    }
  }

  WorkEnd work() {
    const std::stop_callback forward(asked_, [&] { stop_.request_stop(); });
    update();
    while (!must_stop()) {
      const bool worked = pass();
      if (worked || must_stop()) {
        continue;
      }
      if (!others_work_ || !place_.together) {
        break;
      }
      observer_.waits(over(), std::ssize(plan_.runs));
      pause(stop_.get_token());
    }
    end_.stopped = asked_.stop_requested();
    update();
    return std::move(end_);
  }

 private:
  bool must_stop() {
    if (deadline_ && Clock::now() >= *deadline_ && !asked_.stop_requested()) {
      end_.out_of_budget = true;
      stop_.request_stop();
    }
    return stop_.stop_requested();
  }

  /// Learns what other workers have done, and writes the tables.
  void update() {
    standings_ = read_standings(plan_, std::move(standings_));
    write_tables(plan_, standings_);
  }

  std::int64_t over() const { return std::ranges::count_if(standings_, &Standing::is_over); }

  Work work_on(std::size_t n) const { return {plan_.runs[n], over(), std::ssize(plan_.runs)}; }

  bool has_failed(const Run& run) const {
    return std::ranges::count(end_.failures, run.name, &Failure::run) > 0;
  }

  /// Looks at every run once and trains those that it can have; returns whether there was one.
  bool pass() {
    bool worked = false;
    others_work_ = false;
    const std::size_t runs = plan_.runs.size();
    const std::size_t first = runs * static_cast<std::size_t>(place_.worker) /
                              static_cast<std::size_t>(std::max<std::int64_t>(place_.workers, 1));
    for (std::size_t n = 0; n < runs && !must_stop(); ++n) {
      worked = look_at((first + n) % runs) || worked;
    }
    return worked;
  }

  /// Trains a run if it is to be trained and free; returns whether it did.
  bool look_at(std::size_t n) {
    const Run& run = plan_.runs[n];
    if (standings_[n].is_over() || has_failed(run)) {
      return false;
    }
    const std::optional<runs::RunLock> lock = claim(plan_, run);
    if (!lock || runs::RunLock::is_held(plan_.directory(run))) {
      others_work_ = true;
      return false;
    }
    standings_[n] = read_standing(plan_, run);
    if (standings_[n].is_over()) {
      return false;
    }
    train(n);
    return true;
  }

  void train(std::size_t n) {
    const Run& run = plan_.runs[n];
    observer_.begins(work_on(n), standings_[n].state == State::unfinished);
    Leaving leaving = Leaving::failed;
    std::string why;
    try {
      const session::End end = train(run, work_on(n), standings_[n].state == State::unfinished);
      if (const auto* divergence = std::get_if<session::Divergence>(&end)) {
        leaving = Leaving::diverged;
        why = divergence->error.what();
      } else {
        leaving =
            std::get<train::Outcome>(end) == train::Outcome::finished ? Leaving::finished : Leaving::stopped;
      }
    } catch (const base::Error& error) {
      end_.failures.push_back({run.name, error});
      why = error.what();
    }
    update();
    observer_.ends(work_on(n), leaving, standings_[n], why);
  }

  session::End train(const Run& run, const Work& work, bool resume) {
    session::Observer observer;
    observer.say = observer_.say;
    observer.warn = [&](std::string_view text) { observer_.warn(work, text); };
    observer.step = [&](const train::StepFinished& step, const session::Pace& pace) {
      observer_.step(work, step, pace);
      must_stop();
    };
    const Candidate& candidate = plan_.candidates[run.setting];
    session::Settings settings;
    settings.classifier = plan_.description.classifier;
    std::optional<session::Session> session;
    if (resume) {
      const std::string threads = "training.threads=" + net::written(candidate.recipe.training.threads);
      session.emplace(
          session::Resume{
              .run = plan_.directory(run).path(), .overrides = {threads}, .settings = std::move(settings)},
          observer);
    } else {
      settings.steps = candidate.total_steps;
      session.emplace(session::Start{.recipe = plan_.recipe(run),
                                     .out = plan_.directory(run).path(),
                                     .settings = std::move(settings),
                                     .dataset = candidate.dataset},
                      observer);
    }
    return session->run(stop_.get_token());
  }

  const Plan& plan_;
  const Place place_;
  const std::stop_token asked_;
  const Observer& observer_;
  std::vector<Standing> standings_;
  std::optional<Clock::time_point> deadline_;
  std::stop_source stop_;  // asked for, or the budget is used up
  bool others_work_ = false;
  WorkEnd end_;
};

}  // namespace

Place place_of_process() {
  if (const auto processes = dist::launched_processes()) {
    return {.worker = dist::launched_rank(), .workers = *processes, .together = true};
  }
  const auto task = number_in("SLURM_ARRAY_TASK_ID");
  const auto tasks = number_in("SLURM_ARRAY_TASK_COUNT");
  if (task && tasks && *tasks > 0) {
    const std::int64_t first = number_in("SLURM_ARRAY_TASK_MIN").value_or(0);
    return {.worker = std::clamp<std::int64_t>(*task - first, 0, *tasks - 1), .workers = *tasks};
  }
  return {};
}

WorkEnd work(const Plan& plan, const Place& place, const std::stop_token& stop, const Observer& observer) {
  return Worker(plan, place, stop, observer).work();
}

}  // namespace ganymede::sweep
