#include "serve/http/workers.h"

#include <system_error>
#include <utility>

#include "base/error.h"

namespace ganymede::serve {

void refuse_without_threads() {
  throw base::Error(base::ErrorKind::usage,
                    {.where = "the page's server",
                     .found = "a system that allows no further thread",
                     .expected = "two at least",
                     .advice = "Raise the limit of processes (ulimit -u), or leave the page out"});
}

Workers::Workers(std::size_t most, Start start) : most_(most), start_(std::move(start)) {
  const std::lock_guard lock(mutex_);
  if (!have_free(1)) {
    refuse_without_threads();
  }
}

Workers::~Workers() {
  finish();
}

bool Workers::have_free(std::size_t count) {
  if (idle_ >= count) {
    return true;
  }
  if (threads_.size() >= most_) {
    return false;
  }
  try {
    threads_.push_back(start_([this] { run(); }));
  } catch (const std::system_error&) {
    return false;
  }
  ++idle_;
  return true;
}

void Workers::give(Work work) {
  const std::lock_guard lock(mutex_);
  if (!finishing_) {
    queue_.push_back(std::move(work));
    have_free(queue_.size());
    changed_.notify_one();
  }
}

bool Workers::spare() {
  const std::lock_guard lock(mutex_);
  return !finishing_ && have_free(queue_.size() + 1);
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !queue_.empty() || finishing_; });
    if (queue_.empty()) {
      return;
    }
    const Work work = std::move(queue_.front());
    queue_.pop_front();
    --idle_;
    lock.unlock();
    try {
      work();
    } catch (...) {
      // As for a lack of memory: training continues.
    }
    lock.lock();
    ++idle_;
  }
}

void Workers::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : std::exchange(threads_, {})) {
    thread.join();
  }
}

}  // namespace ganymede::serve
