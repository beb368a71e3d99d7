#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/signals.h"
#include "runs/run_directory.h"
#include "serve/http/server.h"
#include "session/session.h"

namespace ganymede::cli {

/// Where the page is asked for.
struct PageAddress {
  /// 0: the usual port, and any that is free where that is taken.
  int port = 0;
  std::string host = "127.0.0.1";
};

/// --serve [PORT] and --host ADDRESS
void add_page_flags(CLI::App& verb, std::optional<int>& port, std::string& host);
/// --port PORT and --host ADDRESS
void add_page_flags(CLI::App& verb, PageAddress& address);

/// The page over a directory of runs while it lives.
class PageServer {
 public:
  /// Says where the page is, with its token where other machines reach it. Throws Error(usage) where the
  /// address cannot be had.
  PageServer(serve::Runs runs, serve::LiveRun live, const PageAddress& address, Console& console);

 private:
  serve::AccessPolicy policy_;
  serve::Site site_;
  std::optional<serve::Server> server_;
};

/// The page over a run that trains, its siblings in a directory called runs, and what controls it.
class TrainingPage {
 public:
  TrainingPage(const session::Session& session, const StopOnSignal& signals, const PageAddress& address,
               Console& console);
  ~TrainingPage();

  serve::Control& control() { return control_; }

 private:
  serve::Control control_;
  PageServer server_;
};

}  // namespace ganymede::cli
