#include "base/suggestion.h"

#include <gtest/gtest.h>

namespace ganymede::base {
namespace {

const std::vector<std::string> kinds = {"dense", "conv", "conv_transpose", "batch_norm"};

TEST(Suggestion, IsTheClosestWord) {
  EXPECT_EQ(did_you_mean("dens", kinds), "Did you mean \"dense\"?");
  EXPECT_EQ(did_you_mean("con", kinds), "Did you mean \"conv\"?");
  EXPECT_EQ(did_you_mean("convtranspose", kinds), "Did you mean \"conv_transpose\"?");
  EXPECT_EQ(did_you_mean("bacth_norm", kinds), "Did you mean \"batch_norm\"?");
}

TEST(Suggestion, IsTheOnlyWordThatBeginsTheSame) {
  const std::vector<std::string> flags = {"--batch-size", "--out", "--seed", "--data"};
  EXPECT_EQ(did_you_mean("--batch", flags), "Did you mean \"--batch-size\"?");
  EXPECT_EQ(did_you_mean("--output-directory", flags), "Did you mean \"--out\"?");
  EXPECT_EQ(did_you_mean("convolution_with_stride", {"dense", "conv"}), "Did you mean \"conv\"?");
  EXPECT_EQ(did_you_mean("--generator", {"--generator-rate", "--generator-loss"}),
            "Known are: --generator-rate, --generator-loss");
}

TEST(Suggestion, IsAllWordsWhereNoneIsClose) {
  EXPECT_EQ(did_you_mean("pooling", kinds), "Known are: dense, conv, conv_transpose, batch_norm");
  EXPECT_EQ(did_you_mean("", {}), "Known are: ");
}

}  // namespace
}  // namespace ganymede::base
