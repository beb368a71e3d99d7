#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file.h"

namespace ganymede::io {

/// The file of one session for TensorBoard, which may read it while it grows. A record is its length as 8
/// little-endian bytes, the masked CRC-32C of those, an Event of tensorboard.proto and the masked CRC-32C of
/// that. Every function throws Error(file) if it cannot write.
class EventFile {
 public:
  /// Creates events.out.tfevents.SECONDS.HOST.PROCESS in `directory`. Where the session goes on after `step`
  /// steps, TensorBoard forgets what earlier sessions wrote beyond them.
  EventFile(const std::filesystem::path& directory, std::int64_t step);

  struct Scalar {
    std::string tag;
    float value = 0.0F;
  };
  void add_scalars(std::int64_t step, std::span<const Scalar> scalars);
  /// A picture as the bytes of a PNG file with one channel or three.
  void add_image(std::int64_t step, const std::string& tag, std::span<const std::byte> png);
  /// 30 equal buckets over the values that are finite; nothing where there are none.
  void add_histogram(std::int64_t step, const std::string& tag, std::span<const float> values);
  /// Markdown.
  void add_text(std::int64_t step, const std::string& tag, std::string_view text);

 private:
  AppendFile file_;
};

}  // namespace ganymede::io
