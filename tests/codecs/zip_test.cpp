#include "codecs/zip.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "io/mutation.h"

namespace ganymede::codecs {
namespace {

using base::ErrorKind;
using test::expect_error;
using Bytes = std::vector<std::byte>;

Bytes bytes(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

/// Writes `value` over what lies `offset` behind the last `signature`, which is that of an archive's
/// directory.
void overwrite(Bytes& archive, std::string_view signature, std::size_t offset, std::uint32_t value) {
  const Bytes sought = bytes(signature);
  const auto place = std::find_end(archive.begin(), archive.end(), sought.begin(), sought.end());
  ASSERT_NE(place, archive.end());
  std::memcpy(&*place + offset, &value, sizeof(value));
}

constexpr std::string_view directory_entry = "PK\x01\x02";
constexpr std::string_view local_entry = "PK\x03\x04";

TEST(Zip, GivesBackWhatItWasGiven) {
  const std::vector<ZipContents> contents = {{"a.npy", bytes("aaaaaaaaaa")}, {"ü/b", {}}, {"c", bytes("c")}};
  const Bytes file = encode_zip(contents);
  const ZipArchive archive(file, "file");
  ASSERT_EQ(archive.members().size(), 3U);
  for (std::size_t n = 0; n < 3; ++n) {
    EXPECT_EQ(archive.members()[n].name, contents[n].name);
    EXPECT_EQ(archive.members()[n].size, contents[n].bytes.size());
    EXPECT_EQ(archive.read(n, 10), contents[n].bytes);
  }
  EXPECT_EQ(encode_zip(contents), file);
}

TEST(Zip, StopsAtSoManyBytes) {
  const Bytes file = encode_zip(std::vector<ZipContents>{{"zeros", Bytes(1 << 20)}});
  const ZipArchive archive(file, "bomb.npz");
  EXPECT_LT(file.size(), 4096U);
  expect_error(ErrorKind::file, {"bomb.npz: zeros", "1048576 bytes when unpacked", "at most 1000"},
               [&] { archive.read(0, 1000); });
}

TEST(Zip, RefusesASizeThatNothingSoSmallUnpacksToBeforeItAsksForMemory) {
  Bytes file = encode_zip(std::vector<ZipContents>{{"zeros", Bytes(1 << 20)}});
  overwrite(file, directory_entry, 24, 0xFFFFFFF0);
  const ZipArchive archive(file, "bomb.npz");
  EXPECT_EQ(archive.members()[0].size, 0xFFFFFFF0U);
  expect_error(ErrorKind::file, {"zeros", "are to be unpacked to 4294967280"},
               [&] { archive.read(0, std::size_t{1} << 40); });
}

TEST(Zip, RefusesAMemberThatIsLargerThanItsArchiveBeforeItAsksForMemory) {
  Bytes file = encode_zip(std::vector<ZipContents>{{"zeros", Bytes(1 << 20)}});
  overwrite(file, directory_entry, 20, 0xFFFFFFF0);
  overwrite(file, directory_entry, 24, 0xFFFFFFF0);
  const ZipArchive archive(file, "bomb.npz");
  expect_error(ErrorKind::file, {"zeros", "4294967280 bytes that are to be unpacked to 4294967280"},
               [&] { archive.read(0, std::size_t{1} << 40); });
}

TEST(Zip, RefusesAMemberThatIsLongerThanStated) {
  Bytes file = encode_zip(std::vector<ZipContents>{{"zeros", Bytes(1 << 20)}});
  overwrite(file, directory_entry, 24, 1000);
  overwrite(file, local_entry, 22, 1000);
  const ZipArchive archive(file, "liar");
  expect_error(ErrorKind::file, {"liar: zeros"}, [&] { archive.read(0, 1 << 20); });
}

TEST(Zip, RefusesADamagedMember) {
  Bytes file = encode_zip(std::vector<ZipContents>{{"a", bytes("0123456789abcdefghij")}});
  file[40] ^= std::byte{1};
  const ZipArchive archive(file, "damaged");
  expect_error(ErrorKind::file, {"damaged: a"}, [&] { archive.read(0, 100); });
}

TEST(Zip, RefusesWhatIsNoArchive) {
  expect_error(ErrorKind::file, {"text: found"}, [] { ZipArchive(bytes("PK\x03\x04 no archive"), "text"); });
  expect_error(ErrorKind::file, {"empty: found"}, [] { ZipArchive({}, "empty"); });
}

TEST(Zip, SurvivesDamage) {
  const Bytes file = encode_zip(std::vector<ZipContents>{{"a", bytes("aaaaaaaaaa")}, {"b", bytes("bcd")}});
  int read = 0;
  for (std::uint64_t trial = 0; trial < 5000; ++trial) {
    const Bytes damaged = test::damaged(file, trial);
    try {
      const ZipArchive archive(damaged, "damaged");
      for (std::size_t n = 0; n < archive.members().size(); ++n) {
        read += archive.read(n, 1000).size() > 1000 ? 1 : 0;
      }
    } catch (const base::Error&) {
      // As it may.
    }
  }
  EXPECT_EQ(read, 0);
}

}  // namespace
}  // namespace ganymede::codecs
