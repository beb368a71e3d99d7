#include "cli/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/mutation.h"

namespace ganymede::cli {
namespace {

const std::string card =
    "# generator.onnx\n\n```json\n"
    R"({"file":"generator.onnx","format":"onnx","sha256":"ab","weights_sha256":"cd","label":3,)"
    R"("input":[0.5,1],"index":[0,7],"output":[0.25,-1]})"
    "\n```\n";

TEST(ModelCard, IsReadAsItWasWritten) {
  const CardFacts facts = parse_card(card, "card");
  EXPECT_EQ(facts.format, "onnx");
  EXPECT_EQ(facts.sha256, "ab");
  EXPECT_EQ(facts.weights_sha256, "cd");
  EXPECT_EQ(facts.expected.label, 3);
  EXPECT_THAT(facts.expected.input, testing::ElementsAre(0.5F, 1.0F));
  EXPECT_THAT(facts.expected.index, testing::ElementsAre(0, 7));
  EXPECT_THAT(facts.expected.output, testing::ElementsAre(0.25F, -1.0F));
}

TEST(ModelCard, SurvivesDamage) {
  test::expect_damage_is_harmless(std::vector<char>(card.begin(), card.end()),
                                  [](const std::vector<char>& text) {
                                    const CardFacts facts = parse_card({text.begin(), text.end()}, "damaged");
                                    ASSERT_EQ(facts.expected.index.size(), facts.expected.output.size());
                                  });
}

TEST(ModelCard, ExpectsTheWeightsThatItWasMadeOf) {
  const net::NetSpec spec{
      .name = "generator", .input = {3}, .layers = {net::Dense{40}, net::Reshape{{4, 5, 2}}}};
  GeneratorInfo info;
  info.recipe.latent.size = 3;
  SavedNetwork network{info, spec, net::Weights(spec)};
  network.weights.initialise(1, 0);
  const Expectation expected = expectation_of(network, 7);
  EXPECT_EQ(expected.index.size(), 16U);
  EXPECT_EQ(expected.index.back(), 38);
  EXPECT_EQ(difference(network, expected), 0.0F);
  const std::string digest = weights_sha256(network.weights);
  network.weights.parameters()[3 * expected.index.front()] += 0.5F;  // a weight of that unit
  EXPECT_GT(difference(network, expected), tolerance);
  EXPECT_NE(weights_sha256(network.weights), digest);
}

}  // namespace
}  // namespace ganymede::cli
