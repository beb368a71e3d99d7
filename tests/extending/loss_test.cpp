#include <gmock/gmock.h>

#include <array>
#include <string>

#include "base/error.h"
#include "extending/text_of.h"
#include "train/recipe/recipe.h"

/// A loss that the library does not have, once its row and its name in `enum class Loss` are there.
namespace ganymede::train {
namespace {

using testing::HasSubstr;

TEST(ALoss, IsReadFromRecipesAndWrittenToThem) {
  std::string text = test::text_of(GANYMEDE_SOURCE_DIR "/recipes/dense-small.toml");
  const std::string usual = "\"bce_with_logits\"";
  text.replace(text.find(usual), usual.size(), "\"exponential\"");
  const Recipe recipe = parse_recipe(text, "mine");
  EXPECT_EQ(recipe.objective.loss, Loss::exponential);
  const std::string written = to_toml(recipe);
  EXPECT_THAT(written, HasSubstr("loss = 'exponential'"));
  EXPECT_EQ(parse_recipe(written, "again").objective.loss, Loss::exponential);
}

TEST(ALoss, IsAmongThoseThatErrorsName) {
  EXPECT_THAT([] { parse_recipe("name = \"mine\"\n[objective]\nloss = \"exponent\"", "mine"); },
              testing::Throws<base::Error>(testing::Property(&base::Error::what, HasSubstr("exponential"))));
}

TEST(ALoss, HasTheDerivativesOfCentralDifferences) {
  const ObjectiveSettings settings{.loss = Loss::exponential, .discriminator_reduction = Reduction::sum};
  constexpr float step = 1e-2F;
  const auto discriminator = [&](float real, float fake) {
    float diff_real = 0.0F;
    float diff_fake = 0.0F;
    const DiscriminatorLosses losses =
        discriminator_loss(settings, {&real, 1}, {&fake, 1}, {}, {&diff_real, 1}, {&diff_fake, 1});
    return std::array{losses.real + losses.fake, diff_real, diff_fake};
  };
  const auto generator = [&](float fake) {
    float diff = 0.0F;
    const float loss = generator_loss(settings, {}, {&fake, 1}, {&diff, 1});
    return std::array{loss, diff};
  };
  const auto [loss, diff_real, diff_fake] = discriminator(0.5F, -0.25F);
  EXPECT_NEAR((discriminator(0.5F + step, -0.25F)[0] - discriminator(0.5F - step, -0.25F)[0]) / (2 * step),
              diff_real, 1e-3);
  EXPECT_NEAR((discriminator(0.5F, -0.25F + step)[0] - discriminator(0.5F, -0.25F - step)[0]) / (2 * step),
              diff_fake, 1e-3);
  EXPECT_NEAR((generator(0.3F + step)[0] - generator(0.3F - step)[0]) / (2 * step), generator(0.3F)[1], 1e-3);
}

}  // namespace
}  // namespace ganymede::train
