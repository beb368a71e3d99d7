#include <fmt/format.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/host.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/page_server.h"
#include "cli/signals.h"
#include "io/files/process.h"
#include "queue/answers.h"
#include "serve/run_reader.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* usual_runs = "runs";

struct ServeOptions {
  std::string runs = usual_runs;
  PageAddress address;
  bool open_browser = false;
};

/// Starts the desktop's browser, if there is a desktop, and does not wait for it.
void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) {
    return;
  }
  // A shell in between, so that the browser is no child of this process, which would have to wait for it.
  const std::string script = "command -v xdg-open >/dev/null && xdg-open \"$0\" >/dev/null 2>&1 &";
  try {
    io::run_program({.name = "sh", .arguments = {"-c", script, url}, .input = {}});
  } catch (const base::Error&) {  // the address was printed, too
  }
}

/// The name of the run that `path` is; nothing for a directory of runs.
std::optional<fs::path> as_run(const fs::path& path) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(path, ignored);
  return fs::is_regular_file(runs::RunDirectory(real).config(), ignored) ? std::optional(real) : std::nullopt;
}

void wait_for(const StopOnSignal& signals) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, signals.token(), [] { return false; });
}

/// The page of one run.
int serve_run(const fs::path& run, const ServeOptions& options, const StopOnSignal& signals,
              Console& console) {
  const PageServer server({run.parent_path(), run.filename().string(), serve::make_run_reader()}, {},
                          options.address, console);
  console.say("Ctrl-C ends it.");
  wait_for(signals);
  return 0;
}

/// The page of a directory of runs, from which trainings can be started.
int serve_runs(const ServeOptions& options, const StopOnSignal& signals, Console& console) {
  if (options.runs == usual_runs) {
    std::error_code ignored;  // without the directory the next line says so
    fs::create_directory(usual_runs, ignored);
  }
  const serve::RunReader reader = serve::make_run_reader();
  serve::Runs runs(options.runs, "", reader);
  queue::TrainingQueue queue(options.runs, reader.open_data,
                             {.say = [&](std::string_view line) { console.say(line); },
                              .warn = [&](std::string_view line) { console.warn(line); }});
  const PageServer server(std::move(runs), queue::trainings_of(queue), options.address, console);
  console.say("Ctrl-C ends it; a run that trains then writes a checkpoint.");
  if (options.open_browser) {
    open_browser(server.url());
  }
  wait_for(signals);
  const std::string running = queue.standing().running;
  queue.finish();  // before the server, which tells the viewers how the run ended
  if (!running.empty()) {
    console.say(
        fmt::format("To resume {}: {}", running,
                    base::own_command({"train", "--resume", (fs::path(options.runs) / running).string()})));
  }
  return 0;
}

int run_serve(const ServeOptions& options) {
  const StopOnSignal signals;
  Console console;
  const auto run = as_run(options.runs);
  return run ? serve_run(*run, options, signals, console) : serve_runs(options, signals, console);
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("serve", "Show runs as a web page, and start them from it");
  const auto options = std::make_shared<ServeOptions>();
  verb->add_option("RUN", options->runs, "A run's directory, or a directory of runs")
      ->type_name("RUN|DIR")
      ->capture_default_str();
  add_page_flags(*verb, options->address);
  verb->footer(
      "Examples:\n"
      "  ganymede serve                      all runs in runs/, and new ones\n"
      "  ganymede serve runs/latest --port 9000\n"
      "  ganymede serve runs --host 0.0.0.0  for other machines too, with the printed token\n"
      "To watch a run that is started in a terminal: ganymede train --serve");
  verb->callback([&action, options] { action = [options] { return run_serve(*options); }; });
}

void add_play(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("play", "Train, break and mend GANs in a browser, which it opens");
  const auto options = std::make_shared<ServeOptions>();
  options->open_browser = true;
  verb->add_flag_callback(
      "--no-browser", [options] { options->open_browser = false; },
      "Print the page's address, and do not open a browser");
  add_page_flags(*verb, options->address);
  verb->footer(
      "Examples:\n"
      "  ganymede play                       new runs, which are kept in runs/\n"
      "  ganymede play --no-browser\n"
      "`ganymede serve` does the same for any directory, without opening a browser.");
  verb->callback([&action, options] { action = [options] { return run_serve(*options); }; });
}

}  // namespace ganymede::cli
