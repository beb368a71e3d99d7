#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/page_server.h"
#include "cli/signals.h"
#include "serve/run_reader.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

struct ServeOptions {
  std::string runs = "runs";
  PageAddress address;
};

/// For a run's directory the page has this run, for another directory all runs in it.
serve::Runs open_runs(const fs::path& path) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(path, ignored);
  return fs::is_regular_file(runs::RunDirectory(real).config(), ignored)
             ? serve::Runs(real.parent_path(), real.filename().string(), serve::make_run_reader())
             : serve::Runs(path, "", serve::make_run_reader());
}

int run_serve(const ServeOptions& options) {
  const StopOnSignal signals;
  Console console;
  const PageServer server(open_runs(options.runs), {}, options.address, console);
  console.say("Ctrl-C ends it.");
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, signals.token(), [] { return false; });
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("serve", "Show runs as a web page");
  const auto options = std::make_shared<ServeOptions>();
  verb->add_option("RUN", options->runs, "A run's directory, or a directory of runs")
      ->type_name("RUN|DIR")
      ->capture_default_str();
  add_page_flags(*verb, options->address);
  verb->footer(
      "Examples:\n"
      "  ganymede serve                      all runs in runs/\n"
      "  ganymede serve runs/latest --port 9000\n"
      "  ganymede serve runs --host 0.0.0.0  for other machines too, with the printed token\n"
      "To pause and stop a run from its page, train with: ganymede train --serve");
  verb->callback([&action, options] { action = [options] { return run_serve(*options); }; });
}

}  // namespace ganymede::cli
