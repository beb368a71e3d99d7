#include "io/npy.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "io/file.h"
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
      GTEST_SKIP() << "GANYMEDE_TEST_PYTHON does not name a Python with numpy and safetensors";
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

}  // namespace
}  // namespace ganymede::io
