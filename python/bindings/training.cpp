#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "session/session.h"

namespace ganymede::python {

namespace {

/// Stops a training from Python, also from another thread.
struct Stop {
  std::stop_source source;
};

/// Passes what a session tells to a Python object. The first exception there stops the session and is kept.
class Listener {
 public:
  Listener(nb::object object, bool every_step, std::stop_source stop)
      : object_(std::move(object)), every_step_(every_step), stop_(std::move(stop)) {}

  session::Observer observer() {
    session::Observer observer;
    observer.say = [this](std::string_view line) { tell("say", line); };
    observer.warn = [this](std::string_view line) { tell("warn", line); };
    observer.line = [this](std::string_view line) { tell("line", line); };
    observer.before_step = [this](const auto&) {
      look_for_signals();
      return false;
    };
    if (every_step_) {
      observer.step = [this](const train::StepFinished& event, const session::Pace&) { tell_step(event); };
    }
    return observer;
  }

  /// Calls `method` of the object while nothing was thrown.
  template <class... Arguments>
  void tell(const char* method, const Arguments&... arguments) {
    const nb::gil_scoped_acquire with_gil;
    attempt([&] { object_.attr(method)(as_python(arguments)...); });
  }

  /// Throws again what was thrown; with the GIL.
  void rethrow() {
    if (error_) {
      nb::python_error error = std::move(*error_);
      error_.reset();
      throw error;
    }
  }

 private:
  static nb::object as_python(std::string_view text) { return nb::str(text.data(), text.size()); }
  static nb::object as_python(std::int64_t number) { return nb::int_(number); }
  static nb::object as_python(const nb::object& object) { return object; }

  void tell_step(const train::StepFinished& event) {
    const nb::gil_scoped_acquire with_gil;
    nb::dict metrics;
    train::for_each_metric(event.metrics, [&](const char* name, float value) { metrics[name] = value; });
    attempt([&] { object_.attr("step")(event.position.step, metrics); });
  }

  void look_for_signals() {
    constexpr std::chrono::milliseconds interval(50);
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ < interval) {
      return;
    }
    looked_ = now;
    const nb::gil_scoped_acquire with_gil;
    attempt([] {
      if (PyErr_CheckSignals() != 0) {
        throw nb::python_error();
      }
    });
  }

  template <class Call>
  void attempt(const Call& call) {
    if (error_) {
      return;
    }
    try {
      call();
    } catch (nb::python_error& error) {
      error_.emplace(std::move(error));
      stop_.request_stop();
    }
  }

  nb::object object_;
  bool every_step_;
  std::stop_source stop_;
  std::optional<nb::python_error> error_;
  std::chrono::steady_clock::time_point looked_ = std::chrono::steady_clock::now();
};

/// What the functions below are told beside what to train.
struct Settings {
  std::optional<std::int64_t> steps;
  std::filesystem::path classifier;
  bool rollback = false;

  session::Settings of_session() const {
    return {.steps = steps,
            .classifier = classifier,
            .on_divergence = rollback ? session::OnDivergence::rollback : session::OnDivergence::stop};
  }
};

/// Runs the session that `open` makes, without the GIL, and throws what stopped it.
template <class Open>
nb::dict run(Listener& listener, const Stop& stop, const Open& open) {
  std::filesystem::path path;
  train::Position position;
  std::optional<session::End> end;
  {
    const nb::gil_scoped_release without_gil;
    const session::Observer observer = listener.observer();
    session::Session session = open(observer);
    path = session.directory().path();
    listener.tell("begin", path.string(), session.position().step, session.position().total_steps,
                  session.position().steps_an_epoch);
    end = session.run(stop.source.get_token());
    position = session.position();
  }
  listener.rethrow();
  if (const auto* divergence = std::get_if<session::Divergence>(&*end)) {
    throw divergence->error;
  }
  nb::dict result;
  result["path"] = path;
  result["step"] = position.step;
  result["total_steps"] = position.total_steps;
  result["stopped"] = std::get<train::Outcome>(*end) == train::Outcome::stopped;
  return result;
}

nb::dict start(const std::string& toml, const std::string& where, const std::vector<std::string>& overrides,
               const std::optional<Arrays>& arrays, const std::filesystem::path& out,
               const Settings& settings, const nb::object& listener, bool every_step, const Stop& stop) {
  Listener to(listener, every_step, stop.source);
  const auto images = views(arrays);
  return run(to, stop, [&](const session::Observer& observer) {
    session::Start start = session::prepare(artifacts::RecipeText{toml, where}, overrides, observer, images);
    start.out = out;
    start.settings = settings.of_session();
    return session::Session(std::move(start), observer);
  });
}

nb::dict resume(const std::filesystem::path& path, const std::vector<std::string>& overrides,
                const std::optional<std::string>& data, const std::optional<Arrays>& arrays,
                const Settings& settings, const nb::object& listener, bool every_step, const Stop& stop) {
  Listener to(listener, every_step, stop.source);
  const auto images = views(arrays);
  return run(to, stop, [&](const session::Observer& observer) {
    return session::Session(session::Resume{.run = path,
                                            .overrides = overrides,
                                            .data = data,
                                            .settings = settings.of_session(),
                                            .arrays = images},
                            observer);
  });
}

}  // namespace

void bind_training(nb::module_& module) {
  nb::class_<Stop>(module, "Stop", "Stops a training after the step under way, from any thread.")
      .def(nb::init<>())
      .def(
          "request", [](Stop& stop) { stop.source.request_stop(); }, "Request the stop.")
      .def_prop_ro(
          "requested", [](const Stop& stop) { return stop.source.stop_requested(); },
          "Whether it was requested.");
  nb::class_<Settings>(module, "Settings", "How a session trains, beside the recipe.")
      .def(
          "__init__",
          [](Settings* settings, std::optional<std::int64_t> steps, std::filesystem::path classifier,
             bool rollback) {
            new (settings) Settings{steps, std::move(classifier), rollback};
          },
          nb::arg("steps").none(), nb::arg("classifier"), nb::arg("rollback"));
  module.def("start", &start, nb::arg("toml"), nb::arg("where"), nb::arg("overrides"),
             nb::arg("arrays").none(), nb::arg("out"), nb::arg("settings"), nb::arg("listener"),
             nb::arg("every_step"), nb::arg("stop"), "Train a new run, without the GIL.");
  module.def("resume", &resume, nb::arg("path"), nb::arg("overrides"), nb::arg("data").none(),
             nb::arg("arrays").none(), nb::arg("settings"), nb::arg("listener"), nb::arg("every_step"),
             nb::arg("stop"), "Go on with a run, without the GIL.");
}

}  // namespace ganymede::python
