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

/// Threads that work through what they are given. They are started one by one, as many as are needed at a
/// time, and where the system allows no more, those that there are do the work.
class Workers {
 public:
  using Work = std::function<void()>;
  /// Starts a thread; throws std::system_error where there can be none.
  using Start = std::function<std::thread(Work)>;

  /// Starts the first one. Throws Error(usage) where not even that can be had.
  Workers(std::size_t most, Start start);
  /// Ends when all work is done.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// What work throws is lost: it ends that work and nothing else.
  void give(Work work);
  /// Whether a thread is free for what comes next, started now if there was none.
  bool spare();
  /// Waits until all work is done and ends the threads; what is given later is not done.
  void finish();

 private:
  /// Whether `count` threads are free, with one that is started if they are not; with mutex_ held.
  bool have_free(std::size_t count);
  void run();

  const std::size_t most_;
  const Start start_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  std::size_t idle_ = 0;  // that wait, with those that are just starting
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ganymede::serve
