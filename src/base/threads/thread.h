#pragma once

#include <functional>
#include <thread>

namespace ganymede::base {

/// A thread that runs `body`. Throws Error(usage) where the system allows no further one.
std::thread start_thread(std::function<void()> body);

}  // namespace ganymede::base
