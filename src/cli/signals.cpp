#include "cli/signals.h"

#include <unistd.h>

#include <ctime>

#include "base/threads/thread.h"

namespace ganymede::cli {

namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopOnSignal::StopOnSignal() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) {
      sigaddset(&signals_, signal);
    }
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &previous_pipe_);
  pthread_sigmask(SIG_BLOCK, &signals_, &previous_mask_);
  try {
    watcher_ = base::start_thread([this] { watch(); });
  } catch (...) {
    restore();
    throw;
  }
}

StopOnSignal::~StopOnSignal() {
  ending_ = true;
  watcher_.join();
  restore();
}

/// Restores the previous handlers.
void StopOnSignal::restore() {
  ::sigaction(SIGPIPE, &previous_pipe_, nullptr);
  pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
}

void StopOnSignal::watch() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  while (!ending_) {
    const int signal = sigtimedwait(&signals_, nullptr, &pause);
    if (signal <= 0) {
      continue;
    }
    if (signal_ != 0) {
      ::_exit(128 + signal);
    }
    signal_ = signal;
    source_.request_stop();
  }
}

}  // namespace ganymede::cli
