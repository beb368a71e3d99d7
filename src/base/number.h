#pragma once

#include <cstdint>
#include <string>

/// Numbers in a readable form.
namespace ganymede::base {

/// "1,493,520"
std::string grouped(std::int64_t number);
/// "8 s", "2:05", "1:02:03"
std::string duration(double seconds);
/// "950", "24.5k", "1.2M"
std::string compact(double number);
/// "5.7 MB"
std::string byte_count(double bytes);
/// `share` of one as "78%"
std::string percent(double share);

}  // namespace ganymede::base
