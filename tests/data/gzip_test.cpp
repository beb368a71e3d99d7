#include "data/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

using base::ErrorKind;
using test::expect_error;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t plenty = 1 << 24;

/// Packs as gzip does, by zlib's own writer.
Bytes pack(const Bytes& bytes) {
  const test::TemporaryDirectory directory;
  const auto path = directory / "packed.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
  gzclose(file);
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Bytes example(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t n = 0; n < size; ++n) {
    bytes[n] = static_cast<std::uint8_t>(n * n / 7);
  }
  return bytes;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(Gzip, UnpacksWhatZlibPacks) {
  for (const std::size_t size : {0, 1, 100, 4096, 1000000}) {
    EXPECT_EQ(gunzip(pack(example(size)), plenty, ""), example(size));
  }
}

TEST(Gzip, UnpacksSeveralMembers) {
  const Bytes packed = joined(pack(example(70000)), pack(example(5)));
  EXPECT_EQ(gunzip(packed, plenty, ""), joined(example(70000), example(5)));
}

TEST(Gzip, RefusesATruncatedFile) {
  const Bytes packed = pack(example(3000));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    expect_error(ErrorKind::data, {"my file: found a gzip stream", "cut off"},
                 [&] { gunzip(std::span(packed).first(size), plenty, "my file"); });
  }
}

TEST(Gzip, RefusesAWrongChecksum) {
  Bytes packed = pack(example(3000));
  packed[packed.size() - 8] ^= 1;
  expect_error(ErrorKind::data, {"corrupt"}, [&] { gunzip(packed, plenty, ""); });
}

TEST(Gzip, RefusesAWrongLength) {
  Bytes packed = pack(example(3000));
  packed[packed.size() - 4] ^= 1;
  expect_error(ErrorKind::data, {"corrupt"}, [&] { gunzip(packed, plenty, ""); });
}

TEST(Gzip, RefusesTrailingBytes) {
  const Bytes packed = joined(pack(example(3000)), {1, 2, 3});
  expect_error(ErrorKind::data, {"3 bytes after the gzip stream"}, [&] { gunzip(packed, plenty, ""); });
}

TEST(Gzip, RefusesContentsAboveTheLimit) {
  const Bytes packed = pack(Bytes(100000, 0));
  EXPECT_EQ(gunzip(packed, 100000, "").size(), 100000U);
  expect_error(ErrorKind::data, {"more than 99999 bytes"}, [&] { gunzip(packed, 99999, ""); });
}

TEST(Gzip, ReadsFilesPackedOrNot) {
  const test::TemporaryDirectory directory;
  for (const Bytes& contents : {example(500), pack(example(500))}) {
    std::ofstream(directory / "file", std::ios::binary)
        .write(reinterpret_cast<const char*>(contents.data()), static_cast<std::streamsize>(contents.size()));
    EXPECT_EQ(read_unpacked(directory / "file", plenty), example(500));
  }
}

TEST(Gzip, NamesAFileItCannotRead) {
  const test::TemporaryDirectory directory;
  expect_error(ErrorKind::data, {"absent", "No such file"},
               [&] { read_unpacked(directory / "absent", plenty); });
  expect_error(ErrorKind::data, {"a directory"}, [&] { read_unpacked(directory.path(), plenty); });
}

TEST(Gzip, SurvivesDamage) {
  test::expect_damage_is_harmless(pack(example(600)), [](const Bytes& bytes) { gunzip(bytes, plenty, ""); });
}

}  // namespace
}  // namespace ganymede::data
