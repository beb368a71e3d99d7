#pragma once

#include <functional>
#include <thread>

namespace ganymede::base {

/// Starts a thread that runs `body`. Throws Error(usage) if the system allows no more.
std::thread start_thread(std::function<void()> body);

}  // namespace ganymede::base
