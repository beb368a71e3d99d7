#include "artifacts/tensor_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/generator_file.h"
#include "base/error.h"
#include "cli/program.h"
#include "io/temporary_directory.h"

namespace ganymede::artifacts {
namespace {

/// A recipe of small networks.
train::Recipe small_recipe() {
  return train::parse_recipe(R"(
name = "small"
latent = { size = 2 }
[generator]
layers = [{ kind = "dense", units = 4 }, { kind = "reshape", shape = [2, 2, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
)",
                             "small");
}

/// A bit of every fourth byte, and all of the name under which the digest stands.
std::vector<std::size_t> bits_of(const std::string& file) {
  const std::string_view name = "sha256\":";
  const std::size_t digest = file.find(name);
  std::vector<std::size_t> bits;
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    const std::size_t byte = bit / 8;
    if ((byte % 4 == 0 && bit % 8 == byte / 4 % 8) || (byte >= digest && byte < digest + name.size())) {
      bits.push_back(bit);
    }
  }
  return bits;
}

TEST(TensorFile, IsRefusedByNameWhicheverBitOfItIsFlipped) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "generator.safetensors";
  const train::Recipe recipe = small_recipe();
  net::Weights weights(train::generator_spec(recipe));
  write_generator(path, {.recipe = recipe, .dataset = "digits"}, weights);
  const std::string sound = test::contents(path);
  ASSERT_NO_THROW(open_generator(path));
  for (const std::size_t bit : bits_of(sound)) {
    std::string damaged = sound;
    damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << bit % 8));
    std::ofstream(path, std::ios::binary) << damaged;
    try {
      open_generator(path);
      FAIL() << "bit " << bit << " of " << sound.substr(bit / 8 > 20 ? bit / 8 - 20 : 0, 40);
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace ganymede::artifacts
