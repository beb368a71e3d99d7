#pragma once

#include <cstdint>
#include <string>

namespace ganymede::base {

/// "1,493,520"
std::string grouped(std::int64_t number);

}  // namespace ganymede::base
