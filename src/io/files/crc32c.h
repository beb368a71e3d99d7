#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ganymede::io {

/// The cyclic redundancy check of iSCSI (RFC 3720, Castagnoli's polynomial).
std::uint32_t crc32c(std::span<const std::byte> bytes);

}  // namespace ganymede::io
