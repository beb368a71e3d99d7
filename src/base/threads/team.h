#pragma once

#include <memory>

namespace ganymede::base {

namespace detail {
class Crew;
}

/// Threads that share the loops of one thread: while a team lives, parallel_for() of the thread that made it
/// runs on all of them. Teams of one thread are left in the opposite order to that in which they were made. A
/// thread without a team runs its loops alone.
///
/// Made for a machine where others compute too: the maker of a loop takes every part of it that no other
/// thread has begun, so that it waits only for a thread that was interrupted within a part, and the other
/// threads give way between parts, before they are interrupted. Threads without work spin for 50 microseconds
/// and then sleep.
class Team {
 public:
  /// A team of `threads`, the maker's thread among them; 0: one a processor that this process may run on.
  /// Throws Error(usage) where the system allows not so many.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

 private:
  std::unique_ptr<detail::Crew> crew_;
  detail::Crew* around_;  // the crew that this thread had before
};

}  // namespace ganymede::base
