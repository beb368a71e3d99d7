#pragma once

#include "base/parallel.h"

namespace ganymede::reference {

/// Uses `count` threads for as long as it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(base::thread_count()) { base::set_thread_count(count); }
  ~Threads() { base::set_thread_count(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace ganymede::reference
