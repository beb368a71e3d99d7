#pragma once

#include <memory>

namespace ganymede::base {

namespace detail {
class Crew;
}

/// Threads for the loops of one thread: while a team exists, parallel_for() of the thread that made it runs
/// on all of them. Teams of one thread must be destroyed in reverse order. A thread without a team runs its
/// loops alone.
///
/// Suits busy machines: the maker of a loop takes every part that no other thread has begun, so it waits only
/// for a thread that was interrupted within a part. The other threads yield between parts, before they are
/// interrupted. Threads without work spin for 50 microseconds and then sleep.
class Team {
 public:
  /// A team of `threads`, including the calling thread; 0: one for each processor that this process may use.
  /// Throws Error(usage) if the system does not allow so many.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

 private:
  std::unique_ptr<detail::Crew> crew_;
  detail::Crew* around_;  // the thread's crew before this one
};

}  // namespace ganymede::base
