#include "io/networks/c_header.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "io/answered.h"
#include "io/files/file.h"
#include "io/networks/c_program.h"
#include "io/strict_c.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

/// The spec with the name that its function is to have.
test::Answered renamed(test::Answered network, std::string name) {
  network.spec.name = std::move(name);
  return network;
}

TEST(CHeader, EveryLayerAnswersAsHereInOneC99Program) {
  const test::TemporaryDirectory directory;
  std::vector<test::Answered> networks;
  for (test::Answered& network : test::answered_networks()) {
    networks.push_back(renamed(std::move(network), fmt::format("network_{}", networks.size())));
  }
  std::vector<std::string> headers;
  std::string calls;
  for (const test::Answered& network : networks) {
    headers.push_back(network.spec.name + ".h");
    write_file(directory / headers.back(), to_c_header(network.spec, network.weights, {}));
    calls += test::c_call(network);
  }
  const auto output = run_c(directory.path(), c_program(headers, calls), test::strict_c);
  if (!output) {
    GTEST_SKIP() << "there is no C compiler called cc";
  }
  std::istringstream lines(*output);
  for (const test::Answered& network : networks) {
    const auto elements = static_cast<std::size_t>(net::output_shape(network.spec).elements());
    for (std::size_t n = 0; n < elements; ++n) {
      std::string found;
      ASSERT_TRUE(lines >> found) << network.name;
      const float expected = network.output[n];
      EXPECT_LE(std::abs(std::stof(found) - expected), 1e-5F * std::max(1.0F, std::abs(expected)))
          << network.name << ", element " << n;
    }
  }
  std::string beyond;
  EXPECT_FALSE(lines >> beyond);
}

TEST(CHeader, KeepsWhatEndsCommentsOutOfThem) {
  const test::TemporaryDirectory directory;
  const net::NetSpec spec{.name = "generator", .input = {2}, .layers = {net::Dense{1}}};
  net::Weights weights(spec);
  std::ranges::copy(std::array{3.0F, 4.0F}, weights.values(weights.table().front()).begin());
  write_file(
      directory / "generator.h",
      to_c_header(spec, weights, {.description = {"a line that joins the next\\", "two\nlines ?\?/"}}));
  const auto output =
      run_c(directory.path(),
            "#include <stdio.h>\n#include \"generator.h\"\nint main(void) {\n"
            "  float work[GENERATOR_WORK], image[GENERATOR_OUTPUT];\n"
            "  const float latent[GENERATOR_INPUT] = {1.0f, 2.0f};\n"
            "  generator(latent, work, image);\n  printf(\"%g\", image[0]);\n  return 0;\n}\n",
            test::strict_c);
  if (!output) {
    GTEST_SKIP() << "there is no C compiler called cc";
  }
  EXPECT_EQ(*output, "11");
}

}  // namespace
}  // namespace ganymede::io
