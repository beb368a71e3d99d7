#include "codecs/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "io/mutation.h"

namespace ganymede::codecs {
namespace {

using base::ErrorKind;
using test::expect_error;

template <class Value>
std::vector<std::byte> npy(const char* type, const std::vector<Value>& values) {
  return encode_npy(type, std::as_bytes(std::span(values)), {static_cast<std::int64_t>(values.size())});
}

template <class Value>
std::vector<double> read(const char* type, const std::vector<Value>& values) {
  const std::vector<std::byte> file = npy(type, values);
  const NpyView view = parse_npy(file, "array");
  std::vector<double> found;
  for (std::size_t n = 0; n < view.count(); ++n) {
    found.push_back(view.number(n));
  }
  return found;
}

TEST(Npy, HasNumbersOfEveryType) {
  const std::vector<double> expected = {-3.0, 100.0};
  EXPECT_EQ(read("|i1", std::vector<std::int8_t>{-3, 100}), expected);
  EXPECT_EQ(read("<i2", std::vector<std::int16_t>{-3, 100}), expected);
  EXPECT_EQ(read("<i4", std::vector<std::int32_t>{-3, 100}), expected);
  EXPECT_EQ(read("<i8", std::vector<std::int64_t>{-3, 100}), expected);
  EXPECT_EQ(read("<f4", std::vector<float>{-3, 100}), expected);
  EXPECT_EQ(read("<f8", std::vector<double>{-3, 100}), expected);
  EXPECT_EQ(read("<u2", std::vector<std::uint16_t>{3, 40000}), (std::vector<double>{3.0, 40000.0}));
  EXPECT_EQ(read("|u1", std::vector<std::uint8_t>{3, 200}), (std::vector<double>{3.0, 200.0}));
  EXPECT_EQ(read("|b1", std::vector<std::uint8_t>{0, 1}), (std::vector<double>{0.0, 1.0}));
}

TEST(Npy, HasFloatsOfHalfTheUsualSize) {
  EXPECT_EQ(read("<f2", std::vector<std::uint16_t>{0x0000, 0x3C00, 0xC200, 0x5640, 0x3555, 0x7BFF}),
            (std::vector<double>{0.0, 1.0, -3.0, 100.0, 0.333251953125, 65504.0}));
  EXPECT_EQ(read("<f2", std::vector<std::uint16_t>{0x0001, 0x03FF, 0x8400, 0x7C00, 0xFC00}),
            (std::vector<double>{0x1p-24, 1023 * 0x1p-24, -0x1p-14, INFINITY, -INFINITY}));
  EXPECT_TRUE(std::isnan(read("<f2", std::vector<std::uint16_t>{0x7E00}).front()));
}

TEST(Npy, HasTextInAnyLanguage) {
  const std::vector<std::string> texts = {"cat", "Größe", "猫", "🐈", ""};
  const std::vector<std::byte> file = encode_npy_text(texts);
  const NpyView view = parse_npy(file, "array");
  EXPECT_EQ(view.type, "<U5");
  ASSERT_EQ(view.count(), texts.size());
  for (std::size_t n = 0; n < texts.size(); ++n) {
    EXPECT_EQ(view.text(n), texts[n]);
  }
}

TEST(Npy, OfOtherTypesIsRefused) {
  for (const char* type :
       {"|O", "|V8", "<c8", ">f4", "|f1", "<f16", "<u3", "|u4", "<u1", "<U0", "<U9999999", "|S3"}) {
    expect_error(ErrorKind::file, {"array", "values of type", type},
                 [&] { parse_npy(npy(type, std::vector<std::uint8_t>(4)), "array"); });
  }
  std::string text = "\x93NUMPY";
  text += {'\x01', '\x00', '\x40', '\x00'};
  text += "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }";
  text.resize(10 + 64, ' ');
  expect_error(ErrorKind::file, {"values of several types"},
               [&] { parse_npy(std::as_bytes(std::span(text)), "array"); });
}

}  // namespace
}  // namespace ganymede::codecs
