#include "io/files/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "io/files/file.h"
#include "io/mutation.h"
#include "io/official_reader.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

using base::ErrorKind;
using test::expect_error;
using testing::ElementsAre;
using Bytes = std::vector<std::byte>;

const std::vector<float> weights = {0.5F, -1.25F, 3.0F, 1e-30F, -0.0F, 7.0F};
const std::vector<float> bias = {8.0F, 9.0F};
const std::vector<float> scalar = {-2.0F};
const std::vector<Tensor> example = {
    {"z.weights", {3, 2}, weights}, {"a.bias", {2}, bias}, {"scale \"s\"", {}, scalar}};

Bytes written(const Metadata& metadata = {{"step", "12"}}) {
  const test::TemporaryDirectory directory;
  write_safetensors(directory / "file", example, metadata);
  return read_file(directory / "file", 1 << 20);
}

/// A file with this header, without a digest, and `data_bytes` zeros.
Bytes file_with(const std::string& header, std::size_t data_bytes) {
  Bytes bytes(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

void expect_refusal(const std::string& header, std::size_t data_bytes,
                    const std::vector<std::string>& texts) {
  std::vector<std::string> all = texts;
  all.emplace_back("my file");
  expect_error(ErrorKind::file, all,
               [&] { SafetensorsFile::parse(file_with(header, data_bytes), "my file"); });
}

TEST(Safetensors, ReadsWhatItWrites) {
  const SafetensorsFile file = SafetensorsFile::parse(written(), "file");
  EXPECT_EQ(file.metadata(), (Metadata{{"step", "12"}}));
  ASSERT_EQ(file.tensors().size(), example.size());
  for (std::size_t n = 0; n < example.size(); ++n) {
    EXPECT_EQ(file.tensors()[n].name, example[n].name);
    EXPECT_EQ(file.tensors()[n].shape, example[n].shape);
    EXPECT_TRUE(std::ranges::equal(file.tensors()[n].values, example[n].values));
  }
  EXPECT_EQ(file.find("a.bias")->values[1], 9.0F);
  EXPECT_EQ(file.find("absent"), nullptr);
  expect_error(ErrorKind::file, {"file", "no tensor \"absent\""},
               [&] { static_cast<void>(file.tensor("absent")); });
}

TEST(Safetensors, KeepsItsValuesWhenMoved) {
  SafetensorsFile file = SafetensorsFile::parse(written(), "file");
  const SafetensorsFile moved = std::move(file);
  EXPECT_THAT(moved.tensor("a.bias").values, ElementsAre(8.0F, 9.0F));
}

TEST(Safetensors, MayHoldNoTensor) {
  const test::TemporaryDirectory directory;
  write_safetensors(directory / "file", {}, {});
  EXPECT_TRUE(SafetensorsFile::open(directory / "file").tensors().empty());
}

TEST(Safetensors, IsReadByTheOfficialPackage) {
  const test::TemporaryDirectory directory;
  write_safetensors(directory / "file", example, {{"recipe", "line one\nüber\t\"quoted\""}});
  const auto printed = test::run_official_reader("read", directory / "file");
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  const std::size_t digest = printed->find("sha256 = ");
  EXPECT_EQ(printed->substr(0, digest), "recipe = line one\nüber\t\"quoted\"\n");
  EXPECT_EQ(printed->substr(printed->find('\n', digest) + 1),
            "a.bias [2] 8.0 9.0\n"
            "scale \"s\" [] -2.0\n"
            "z.weights [3, 2] 0.5 -1.25 3.0 1.0000000031710769e-30 -0.0 7.0\n");
}

TEST(Safetensors, ReadsAFileOfTheOfficialPackage) {
  const test::TemporaryDirectory directory;
  if (!test::run_official_reader("write", directory / "file")) {
    GTEST_SKIP() << test::no_python;
  }
  const SafetensorsFile file = SafetensorsFile::open(directory / "file");
  EXPECT_EQ(file.metadata(), (Metadata{{"made by", "the \"official\" package"}}));
  EXPECT_EQ(file.tensors().size(), 3U);
  EXPECT_EQ(file.tensor("weights").shape, (base::Shape{2, 3}));
  EXPECT_THAT(file.tensor("weights").values, ElementsAre(0.0F, 0.25F, 0.5F, 0.75F, 1.0F, 1.25F));
  EXPECT_THAT(file.tensor("bias").values, ElementsAre(-1.5F, 2.5F));
  EXPECT_THAT(file.tensor("scale").values, ElementsAre(7.0F));
}

TEST(Safetensors, AlignsTheValues) {
  for (const char* step : {"", "1", "12", "123", "1234", "12345", "123456", "1234567"}) {
    std::uint64_t length = 0;
    std::memcpy(&length, written({{"step", step}}).data(), 8);
    EXPECT_EQ(length % 8, 0U);
  }
}

TEST(Safetensors, NoticesEveryFlippedBit) {
  Bytes bytes =
      written({{"note", "\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\""}});
  ASSERT_EQ(SafetensorsFile::parse(bytes, "").tensors().size(), 3U);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t key = text.find("\"sha256\":\"");
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    if (bit / 8 > key && bit / 8 <= key + std::string_view("sha256").size()) {
      continue;  // under another name the digest is a metadatum like any
    }
    const auto flip = [&] { bytes[bit / 8] ^= std::byte{1} << bit % 8; };
    flip();
    EXPECT_THROW(SafetensorsFile::parse(bytes, ""), base::Error) << "bit " << bit;
    flip();
  }
}

TEST(Safetensors, RefusesATruncatedFile) {
  const Bytes bytes = written();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    expect_error(ErrorKind::file, {"my file"},
                 [&] { SafetensorsFile::parse(std::span(bytes).first(size), "my file"); });
  }
}

TEST(Safetensors, RefusesAnAbsurdHeaderLength) {
  for (const std::uint64_t length :
       {std::uint64_t{1000}, std::uint64_t{1} << 40, std::numeric_limits<std::uint64_t>::max(),
        std::numeric_limits<std::uint64_t>::max() - 7}) {
    Bytes bytes = written();
    std::memcpy(bytes.data(), &length, 8);
    expect_error(ErrorKind::file, {std::to_string(length)}, [&] { SafetensorsFile::parse(bytes, ""); });
  }
}

TEST(Safetensors, RefusesAHeaderThatIsNoJsonObject) {
  expect_refusal("{\"a\":", 0, {"not JSON"});
  expect_refusal("\xff\xfe", 0, {"not JSON"});
  expect_refusal("[1]", 0, {"no JSON object"});
  expect_refusal(std::string(100000, '['), 0, {"nested"});
  expect_refusal("{\"__metadata__\":{\"a\":1}}", 0, {"object of strings"});
  expect_refusal("{\"__metadata__\":\"a\"}", 0, {"object of strings"});
}

TEST(Safetensors, RefusesOtherTypes) {
  expect_refusal(R"({"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})", 4,
                 {"tensor \"w\"", "\"F16\"", "Convert the tensors to float32"});
  expect_refusal(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", 4, {"the dtype null"});
  expect_refusal(R"({"w":5})", 4, {"tensor \"w\""});
}

TEST(Safetensors, RefusesShapesThatDoNotFit) {
  const auto with_shape = [](const std::string& shape) {
    return R"({"w":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,8]}})";
  };
  EXPECT_EQ(SafetensorsFile::parse(file_with(with_shape("[2,1]"), 8), "").tensor("w").shape,
            (base::Shape{2, 1}));
  expect_refusal(with_shape("[3]"), 8, {"tensor \"w\"", "[0,8]", "12 bytes"});
  expect_refusal(with_shape("[0]"), 8, {"the shape [0]"});
  expect_refusal(with_shape("[-2]"), 8, {"the shape [-2]"});
  expect_refusal(with_shape("[2.0]"), 8, {"the shape [2.0]"});
  expect_refusal(with_shape("[1,1,1,1,1,2]"), 8, {"at most 5"});
  expect_refusal(with_shape("\"2\""), 8, {"the shape"});
  // 2^62 * 4 bytes and 2^61 * 2^3 elements both wrap to zero.
  expect_refusal(with_shape("[4611686018427387906]"), 8, {"the shape"});
  expect_refusal(with_shape("[2305843009213693952,8]"), 8, {"the shape"});
}

TEST(Safetensors, RefusesOffsetsThatDoNotFit) {
  const auto with_offsets = [](const std::string& first, const std::string& second) {
    return R"({"v":{"dtype":"F32","shape":[1],"data_offsets":)" + first +
           R"(},"w":{"dtype":"F32","shape":[1],"data_offsets":)" + second + "}}";
  };
  EXPECT_EQ(SafetensorsFile::parse(file_with(with_offsets("[4,8]", "[0,4]"), 8), "").tensors()[0].name, "w");
  expect_refusal(with_offsets("[0,4]", "[0,4]"), 8, {"tensor", "bytes 0 to 4"});           // overlap
  expect_refusal(with_offsets("[0,4]", "[8,12]"), 12, {"tensor \"w\"", "bytes 8 to 12"});  // hole
  expect_refusal(with_offsets("[0,4]", "[4,8]"), 7, {"tensor \"w\"", "an end within 7"});  // past the end
  expect_refusal(with_offsets("[0,4]", "[4,8]"), 9, {"9 bytes of data", "8"});             // data of none
  expect_refusal(with_offsets("[0,4]", "[8,4]"), 8, {"tensor \"w\"", "[8,4]"});            // backwards
  expect_refusal(with_offsets("[0,4]", "[4]"), 8, {"tensor \"w\"", "[4]"});
  expect_refusal(with_offsets("[0,4]", "[4,-8]"), 8, {"tensor \"w\"", "[4,-8]"});
}

TEST(Safetensors, RefusesANameThatOccursTwice) {
  const std::string entry = R"("w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  expect_refusal("{" + entry + "," + entry + "}", 4, {"\"w\" twice"});
  const test::TemporaryDirectory directory;
  const std::vector<Tensor> twice = {{"w", {2}, bias}, {"w", {2}, bias}};
  expect_error(ErrorKind::file, {"\"w\" twice"}, [&] { write_safetensors(directory / "file", twice, {}); });
}

TEST(Safetensors, SurvivesDamage) {
  const std::string header =
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  test::expect_damage_is_harmless(file_with(header, 12), [](const Bytes& bytes) {
    const SafetensorsFile file = SafetensorsFile::parse(bytes, "damaged");
    for (const Tensor& tensor : file.tensors()) {
      ASSERT_EQ(tensor.values.size(), static_cast<std::size_t>(tensor.shape.elements()));
    }
  });
}

}  // namespace
}  // namespace ganymede::io
