#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/signals.h"
#include "runs/run_directory.h"
#include "serve/http/server.h"
#include "session/session.h"

namespace ganymede::cli {

/// The address of the page.
struct PageAddress {
  /// 0: the usual port, or any free one if that is in use.
  int port = 0;
  std::string host = "127.0.0.1";
};

/// --serve [PORT] and --host ADDRESS
void add_page_flags(CLI::App& verb, std::optional<int>& port, std::string& host);
/// --port PORT and --host ADDRESS
void add_page_flags(CLI::App& verb, PageAddress& address);

/// Serves the page of a directory of runs while it exists.
class PageServer {
 public:
  /// Prints the page's address, with the token if other machines can reach it. Throws Error(usage) if the
  /// address is not available.
  PageServer(serve::Runs runs, serve::Trainings trainings, const PageAddress& address, Console& console);

  /// The page's address, with the token where one is needed.
  const std::string& url() const { return url_; }

 private:
  serve::AccessPolicy policy_;
  serve::Site site_;
  std::optional<serve::Server> server_;
  std::string url_;
};

/// Serves the page of a run that trains, of the other runs in a directory called runs, and the run's
/// controls.
class TrainingPage {
 public:
  /// `observer` is the session's.
  TrainingPage(const session::Session& session, session::Observer& observer, const StopOnSignal& signals,
               const PageAddress& address, Console& console);
  ~TrainingPage();

  serve::Control& control() { return *control_; }

 private:
  std::shared_ptr<serve::Control> control_;
  PageServer server_;
};

}  // namespace ganymede::cli
