#include "artifacts/exports/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/mutation.h"

namespace ganymede::artifacts {
namespace {

const std::string card =
    "# generator.onnx\n\n```json\n"
    R"({"file":"generator.onnx","format":"onnx","network":"generator","sha256":"ab","weights_sha256":"cd",)"
    R"("classes":10,"label":3,)"
    R"("input":[0.5,1],"index":[0,7],"output":[0.25,-1]})"
    "\n```\n";

TEST(ModelCard, IsReadAsItWasWritten) {
  const CardFacts facts = parse_card(card, "card");
  EXPECT_EQ(facts.format, "onnx");
  EXPECT_EQ(facts.network, "generator");
  EXPECT_EQ(facts.classes, 10);
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

/// The card with `text` in place of `old`.
std::string card_with(const std::string& old, const std::string& text) {
  std::string changed = card;
  return changed.replace(changed.find(old), old.size(), text);
}

TEST(ModelCard, RefusesALabelThatIsNone) {
  for (const char* label : {"-1", "10", "2147483647", "4294967296", "1e300", "0.7", "3.0", "true", "null",
                            "18446744073709551615"}) {
    EXPECT_THROW(parse_card(card_with("\"label\":3", std::string("\"label\":") + label), "card"), base::Error)
        << label;
  }
  EXPECT_EQ(parse_card(card_with("\"label\":3", "\"label\":9"), "card").expected.label, 9);
  EXPECT_THROW(parse_card(card_with("\"classes\":10", "\"classes\":0"), "card"), base::Error);
  EXPECT_NO_THROW(parse_card(card_with("\"classes\":10,\"label\":3", "\"classes\":0,\"label\":0"), "card"));
}

TEST(ModelCard, RefusesNumbersThatAreNoneOfItsOwn) {
  for (const char* classes : {"-1", "1e300", "10.5", "18446744073709551615"}) {
    EXPECT_THROW(parse_card(card_with("\"classes\":10", std::string("\"classes\":") + classes), "card"),
                 base::Error)
        << classes;
  }
  for (const char* index : {"[0,-1]", "[0,0.5]", "[0,1e300]", "[0,18446744073709551615]"}) {
    EXPECT_THROW(parse_card(card_with("[0,7]", index), "card"), base::Error) << index;
  }
  for (const char* output : {"[0.25,1e300]", "[1e39,0]"}) {
    EXPECT_THROW(parse_card(card_with("[0.25,-1]", output), "card"), base::Error) << output;
  }
}

TEST(ModelCard, DoesNotFitANetworkOfFewerClasses) {
  const net::NetSpec spec{
      .name = "generator", .input = {3}, .layers = {net::JoinLabel{.classes = 4}, net::Dense{40}}};
  net::Weights weights(spec);
  weights.initialise(1, 0);
  Expectation expected = expectation_of(spec, weights, {0.5F, -1.0F, 2.0F});
  EXPECT_EQ(difference(spec, weights, expected), 0.0F);
  for (const std::int32_t label : {-1, 4, 2'000'000'000}) {
    expected.label = label;
    EXPECT_TRUE(std::isinf(difference(spec, weights, expected))) << label;
  }
}

TEST(ModelCard, ExpectsTheWeightsThatItWasMadeOf) {
  const net::NetSpec spec{
      .name = "generator", .input = {3}, .layers = {net::Dense{40}, net::Reshape{{4, 5, 2}}}};
  net::Weights weights(spec);
  weights.initialise(1, 0);
  const Expectation expected = expectation_of(spec, weights, {0.5F, -1.0F, 2.0F});
  EXPECT_EQ(expected.index.size(), 16U);
  EXPECT_EQ(expected.index.back(), 38);
  EXPECT_EQ(difference(spec, weights, expected), 0.0F);
  const std::string digest = weights_sha256(weights);
  weights.parameters()[3 * expected.index.front()] += 0.5F;  // a weight of that unit
  EXPECT_GT(difference(spec, weights, expected), tolerance);
  EXPECT_NE(weights_sha256(weights), digest);
}

TEST(ModelCard, DifferencesAreRelativeAboveOneAndInfiniteWhereThereIsNothingToCompare) {
  const std::vector<float> expected = {0.5F, 10.0F};
  EXPECT_FLOAT_EQ(difference(std::vector{0.75F, 10.0F}, expected), 0.25F);
  EXPECT_FLOAT_EQ(difference(std::vector{0.5F, 15.0F}, expected), 0.5F);
  EXPECT_TRUE(std::isinf(difference(std::vector{0.5F}, expected)));
  EXPECT_TRUE(std::isinf(difference(std::vector{0.5F, NAN}, expected)));
  EXPECT_TRUE(std::isinf(difference(expected, std::vector{0.5F, INFINITY})));
}

}  // namespace
}  // namespace ganymede::artifacts
