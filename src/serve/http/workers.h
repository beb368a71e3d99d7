#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ganymede::serve {

/// Throws Error(usage): the system allows no thread for a server.
[[noreturn]] void refuse_without_threads();

/// A pool of threads. Threads are started when they are needed; if the system allows no more, the existing
/// ones do the work.
class Workers {
 public:
  using Work = std::function<void()>;
  /// Starts a thread; throws std::system_error if the system allows none.
  using Start = std::function<std::thread(Work)>;

  /// Starts the first thread. Throws Error(usage) if the system does not allow it.
  Workers(std::size_t most, Start start);
  /// Ends when all work is done.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Queues work. An exception ends only this work.
  void give(Work work);
  /// Whether a thread is free for more work; starts one if there is none.
  bool spare();
  /// Waits until all work is done and ends the threads; later work is ignored.
  void finish();

 private:
  /// Whether `count` threads are free; starts one if not. mutex_ must be locked.
  bool have_free(std::size_t count);
  void run();

  const std::size_t most_;
  const Start start_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  std::size_t idle_ = 0;  // waiting threads, with those that are just starting
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ganymede::serve
