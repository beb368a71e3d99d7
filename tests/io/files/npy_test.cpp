#include "io/files/npy.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "io/files/file.h"
#include "io/mutation.h"
#include "io/official_reader.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

const std::vector<float> values = {0.5F, 1.0F, -2.0F, 3.0F, 4.0F, 5.0F};

TEST(Npy, IsReadByNumpy) {
  const test::TemporaryDirectory directory;
  struct Case {
    base::Shape shape;
    std::string printed;
  };
  for (const auto& [shape, printed] :
       {Case{{6}, "[6]"}, Case{{2, 3}, "[2, 3]"}, Case{{1, 3, 2, 1}, "[1, 3, 2, 1]"}}) {
    write_npy(directory / "array.npy", values, shape);
    const auto read = test::run_official_reader("read-npy", directory / "array.npy");
    if (!read) {
      GTEST_SKIP() << test::no_python;
    }
    EXPECT_EQ(*read, "array " + printed + " 0.5 1.0 -2.0 3.0 4.0 5.0\n");
  }
}

TEST(Npy, HasTheLayoutOfFormatOne) {
  const test::TemporaryDirectory directory;
  write_npy(directory / "array.npy", values, {2, 3});
  const std::vector<std::byte> bytes = read_file(directory / "array.npy", 1000);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  ASSERT_EQ(text.size(), 128 + 24);
  EXPECT_EQ(text.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(text.substr(10, 59), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  EXPECT_EQ(text[127], '\n');
}

TEST(Npy, ReadsWhatItWrote) {
  const test::TemporaryDirectory directory;
  for (const base::Shape& shape : {base::Shape{6}, base::Shape{2, 3}, base::Shape{1, 3, 2, 1}}) {
    write_npy(directory / "array.npy", values, shape);
    const NpyArray read = read_npy(directory / "array.npy");
    EXPECT_EQ(read.shape, shape);
    EXPECT_EQ(read.values, values);
    EXPECT_FALSE(read.bytes);
  }
}

TEST(Npy, ReadsTheBytesThatItWrote) {
  const test::TemporaryDirectory directory;
  write_npy(directory / "array.npy", std::vector<std::uint8_t>{0, 7, 255}, {3});
  const NpyArray read = read_npy(directory / "array.npy");
  EXPECT_EQ(read.shape, base::Shape{3});
  EXPECT_TRUE(read.bytes);
  EXPECT_EQ(read.values, (std::vector<float>{0.0F, 7.0F, 255.0F}));
  const auto by_numpy = test::run_official_reader("read-npy", directory / "array.npy");
  if (!by_numpy) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(*by_numpy, "array [3] 0 7 255\n");
}

/// A file of the given header and contents.
std::vector<std::byte> npy(const std::string& header, const std::string& contents, char version = 1) {
  std::string file = "\x93NUMPY";
  file += {version, 0, static_cast<char>(header.size()), 0};
  if (version == 2) {
    file += {0, 0};
  }
  file += header + contents;
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

const std::string bytes_header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2), }\n";

TEST(Npy, ReadsBytesInBothVersions) {
  for (const char version : {'\x01', '\x02'}) {
    const NpyArray read = parse_npy(npy(bytes_header, "\x01\x02\xff\x03", version), "array");
    EXPECT_TRUE(read.bytes);
    EXPECT_EQ(read.shape, (base::Shape{2, 1, 2}));
    EXPECT_EQ(read.values, (std::vector<float>{1.0F, 2.0F, 255.0F, 3.0F}));
  }
}

TEST(Npy, RefusesWhatItDoesNotReadAndSaysWhy) {
  const auto expect = [](const std::vector<std::byte>& file, const std::string& text) {
    test::expect_error(base::ErrorKind::file, {"array", text, "numpy.save()"},
                       [&] { parse_npy(file, "array"); });
  };
  expect(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "12345678"), "'<f8'");
  expect(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234"), "Fortran");
  expect(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1234"), "4 bytes of values");
  expect(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", ""), "the shape (0");
  expect(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000, 1000000), }", ""),
         "shape");
  expect(npy("{'descr': '<f4', 'fortran_order': False}", ""), "\"shape\"");
  expect(npy(bytes_header, "1234", '\x03'), "version 3");
  expect({}, "beginning");
}

TEST(Npy, IsReadOrRefusedHoweverItIsDamaged) {
  test::expect_damage_is_harmless(npy(bytes_header, "1234"),
                                  [](const std::vector<std::byte>& file) { parse_npy(file, "array"); });
}

}  // namespace
}  // namespace ganymede::io
