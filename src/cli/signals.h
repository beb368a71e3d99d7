#pragma once

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace ganymede::cli {

/// While it exists, SIGINT, SIGTERM and SIGHUP request a stop, except those that the process inherited as
/// ignored (nohup). A second signal ends the process at once with the status 128 plus its number. SIGPIPE is
/// ignored, so that writing to a closed pipe fails. Construct it before any other thread starts, so that all
/// threads inherit the blocked signals. Throws Error(usage) if the system allows no further thread.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  /// Requests a stop as Ctrl-C does.
  void request_stop() const { std::stop_source(source_).request_stop(); }
  /// The exit status for the first signal, or that of Ctrl-C after request_stop(); 0 without either.
  int exit_status() const {
    const int signal = signal_ == 0 && source_.stop_requested() ? SIGINT : signal_.load();
    return signal == 0 ? 0 : 128 + signal;
  }

 private:
  void watch();
  void restore();

  sigset_t signals_{}, previous_mask_{};
  struct sigaction previous_pipe_ {};
  std::stop_source source_;
  std::atomic<int> signal_ = 0;
  std::atomic<bool> ending_ = false;
  std::thread watcher_;
};

}  // namespace ganymede::cli
