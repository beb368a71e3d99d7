#include "train/recipe/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

using testing::HasSubstr;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::configuration);
    return error.what();
  }
  return "no error";
}

std::string override_message(const std::string& text) {
  return message_of([&] { shipped_recipe("dense", {text}); });
}

TEST(Recipe, EveryOneThatShipsFitsItsData) {
  ASSERT_GE(embedded_recipes().size(), 5U);
  for (const EmbeddedRecipe& shipped : embedded_recipes()) {
    const Recipe recipe = shipped_recipe(shipped.name);
    EXPECT_EQ(recipe.name, shipped.name);
    EXPECT_NO_THROW(check_networks(recipe, image_of(recipe), data_of(recipe).classes()));
  }
}

TEST(Recipe, AreSortedByNameAndNotByFile) {
  EXPECT_TRUE(
      std::ranges::is_sorted(embedded_recipes(), {}, &EmbeddedRecipe::name));  // "best" before "best-long"
}

TEST(Recipe, IsTheSameAfterWritingAndReading) {
  for (const EmbeddedRecipe& shipped : embedded_recipes()) {
    const Recipe recipe = shipped_recipe(shipped.name);
    const Recipe again = parse_recipe(to_toml(recipe), "again");
    EXPECT_EQ(to_toml(again), to_toml(recipe));
    EXPECT_EQ(generator_spec(again), generator_spec(recipe));
    EXPECT_EQ(again.generator_optimizer, recipe.generator_optimizer);
    EXPECT_EQ(again.objective.real_label, recipe.objective.real_label);
  }
}

TEST(Recipe, TakesOverrides) {
  const Recipe recipe = shipped_recipe(
      "dense", {"training.batch_size=32", "generator_optimizer.learning_rate=0.001", "data=fashion-mnist"});
  EXPECT_EQ(recipe.training.batch_size, 32);
  EXPECT_EQ(recipe.generator_optimizer.learning_rate, 0.001);
  EXPECT_EQ(recipe.generator_optimizer.beta1, 0.5);
  EXPECT_EQ(recipe.data, "fashion-mnist");
}

TEST(Recipe, TakesEveryKeyOfAnInlineTable) {
  const Recipe recipe =
      shipped_recipe("dense", {"training={batch_size=32,epochs=7,seed=9}", "latent={size=3}"});
  EXPECT_EQ(recipe.training.batch_size, 32);
  EXPECT_EQ(recipe.training.epochs, 7);
  EXPECT_EQ(recipe.training.seed, 9);
  EXPECT_EQ(recipe.latent.size, 3);
  EXPECT_EQ(recipe.generator_optimizer.beta1, 0.5);
}

TEST(Recipe, TakesOverridesOfALayerCountedFromZero) {
  const Recipe recipe = shipped_recipe(
      "dense-small", {"generator.layers.0.units=48", "generator.layers.1={slope=0.1}",
                      "generator.layers.11.shape=[28, 28, 1]", "discriminator.layers.3={kind=\"flatten\"}",
                      "discriminator.layers.0={kind=\"dropout\",rate=0.5}"});
  EXPECT_EQ(std::get<net::Dense>(recipe.generator.layers[0]).units, 48);
  EXPECT_EQ(std::get<net::Activation>(recipe.generator.layers[1]).slope, 0.1F);
  EXPECT_TRUE(std::holds_alternative<net::Dense>(recipe.generator.layers[3]));
  EXPECT_TRUE(std::holds_alternative<net::Flatten>(recipe.discriminator.layers[3]));
  EXPECT_TRUE(std::holds_alternative<net::Dropout>(recipe.discriminator.layers[0]));
}

TEST(Recipe, RefusesAnOverrideOfALayerThatIsNotThere) {
  EXPECT_THAT(override_message("generator.layers.99.units=3"),
              testing::AllOf(HasSubstr("generator.layers.99"), HasSubstr("from 0 to")));
  EXPECT_THAT(override_message("generator.layers.first.units=3"), HasSubstr("\"first\""));
  EXPECT_THAT(override_message("generator.layers.-1.units=3"), HasSubstr("\"-1\""));
  EXPECT_THAT(override_message("generator.layers.0.unit=3"), HasSubstr("Did you mean \"units\"?"));
}

TEST(Recipe, RefusesAnOverrideThatSetsNothing) {
  EXPECT_THAT(override_message("#=1"), HasSubstr("expected key=value"));
  for (const char* text : {"training={}", "generator={}", "generator.layers.0={}", "penalty={}"}) {
    EXPECT_THAT(override_message(text), HasSubstr("an empty table")) << text;
  }
}

TEST(Recipe, SuggestsTheKeyThatWasMeant) {
  EXPECT_THAT(override_message("training.batchsize=3"),
              testing::AllOf(HasSubstr("batchsize"), HasSubstr("Did you mean \"batch_size\"?")));
  EXPECT_THAT(override_message("objective.loss=bce_with_logit"),
              HasSubstr("Did you mean \"bce_with_logits\"?"));
}

TEST(Recipe, RefusesValuesOutOfRange) {
  EXPECT_THAT(override_message("training.batch_size=-3"),
              HasSubstr("training.batch_size: found -3, expected"));
  EXPECT_THAT(override_message("training.epochs=0"), HasSubstr("training.epochs: found 0"));
  EXPECT_THAT(override_message("discriminator_optimizer.beta1=1.0"),
              HasSubstr("discriminator_optimizer.beta1"));
  EXPECT_THAT(override_message("training.batch_size=true"), HasSubstr("a whole number"));
  EXPECT_THAT(override_message("generator_optimizer.learning_rate=nan"),
              HasSubstr("learning_rate: found nan"));
  EXPECT_THAT(override_message("penalty.r1=-1.0"), HasSubstr("penalty.r1: found -1"));
  EXPECT_THAT(override_message("latent.temperature=-0.5"), HasSubstr("latent.temperature: found -0.5"));
  EXPECT_THAT(override_message("training.discriminator_steps=0"), HasSubstr("discriminator_steps: found 0"));
  EXPECT_THAT(
      override_message("pixel_range={low=0.5,high=0.5}"),
      HasSubstr("pixel_range.high: found 0.5, expected a number above pixel_range.low, which is 0.5"));
  EXPECT_THAT(override_message("pixel_range.high=-2.0"), HasSubstr("pixel_range.high: found -2"));
  EXPECT_THAT(override_message("nonsense"), HasSubstr("key=value"));
}

TEST(Recipe, HasTheSectionsOfItsModelOnly) {
  const std::string vae = to_toml(shipped_recipe("vae"));
  EXPECT_THAT(vae,
              testing::AllOf(HasSubstr("model = 'vae'"), HasSubstr("[encoder]"), HasSubstr("kl_weight")));
  EXPECT_THAT(vae, testing::Not(
                       testing::AnyOf(HasSubstr("discriminator"), HasSubstr("penalty"), HasSubstr("label"))));
  EXPECT_THAT(to_toml(shipped_recipe("dense")),
              testing::AllOf(HasSubstr("model = 'gan'"), testing::Not(HasSubstr("encoder"))));
}

TEST(Recipe, RefusesWhatBelongsToTheOtherModel) {
  const auto message = [](std::string_view recipe, const std::string& text) {
    return message_of([&] { shipped_recipe(recipe, {text}); });
  };
  EXPECT_THAT(message("dense", "encoder.spectral_norm=true"),
              HasSubstr("encoder: found one in a GAN, expected a discriminator"));
  EXPECT_THAT(message("dense", "model=vae"),
              HasSubstr("discriminator: found one in a VAE, expected an encoder"));
  EXPECT_THAT(message("vae", "penalty.r1=1.0"), HasSubstr("the unknown key \"penalty\""));
  EXPECT_THAT(message("vae", "training.discriminator_steps=2"), HasSubstr("\"discriminator_steps\""));
  EXPECT_THAT(message("vae", "objective.loss=hinge"), HasSubstr("\"loss\""));
  EXPECT_THAT(message("vae", "objective.kl_weight=-1.0"), HasSubstr("objective.kl_weight: found -1"));
  EXPECT_THAT(message("vae", "encoder_optimizer.beta1=1.0"), HasSubstr("encoder_optimizer.beta1: found 1"));
}

TEST(Recipe, RefusesALossOfPairsWhereTheBatchesDiffer) {
  EXPECT_THAT(message_of([] { shipped_recipe("conv", {"objective.loss=relativistic"}); }),
              HasSubstr("discriminator_batch = \"full\""));
}

TEST(Recipe, NamesTheLineOfBadToml) {
  EXPECT_THAT(message_of([] { parse_recipe("name = \"x\"\nlayers = [", "mine.toml"); }),
              HasSubstr("mine.toml line"));
}

TEST(Recipe, NamesTheKeyThatIsMissing) {
  EXPECT_THAT(message_of([] { parse_recipe("name = \"x\"", "mine.toml"); }), HasSubstr("\"generator\""));
}

TEST(Networks, MustMakeImagesAndOneLogit) {
  Recipe recipe = shipped_recipe("dense");
  const auto check = [&] { return message_of([&] { check_networks(recipe, {28, 28, 1}, 10); }); };
  recipe.generator.layers.pop_back();
  EXPECT_THAT(
      check(),
      HasSubstr("generator: found an output of shape [784], expected the shape of the data's images"));
  recipe = shipped_recipe("dense");
  recipe.discriminator.layers.pop_back();
  EXPECT_THAT(check(), HasSubstr("one logit"));
  recipe = shipped_recipe("conditional");
  recipe.generator.layers.front() = net::JoinLabel{.classes = 7};
  EXPECT_THAT(check(), HasSubstr("a label of 7 classes"));
}

TEST(Networks, OfAVaeMustMakeAPosteriorAndProbabilities) {
  const auto check = [](const std::function<void(Recipe&)>& change) {
    Recipe recipe = shipped_recipe("vae");
    change(recipe);
    return message_of([&] { check_networks(recipe, {28, 28, 1}, 10); });
  };
  EXPECT_THAT(check([](Recipe& recipe) { recipe.encoder.layers.pop_back(); }),
              HasSubstr("encoder: found an output of shape [256], expected a mean and a log variance"));
  EXPECT_THAT(check([](Recipe& recipe) { recipe.generator.layers.pop_back(); }),
              HasSubstr("generator: found the last layer conv_transpose, expected sigmoid"));
  EXPECT_THAT(check([](Recipe& recipe) { recipe.pixel_range.low = -1.0F; }),
              HasSubstr("pixel_range: found -1 to 1, expected 0 to 1"));
  EXPECT_THAT(check([](Recipe& recipe) { recipe.latent.distribution = Distribution::uniform; }),
              HasSubstr("latent.distribution: found uniform"));
  EXPECT_THAT(check([](Recipe& recipe) {
                recipe.generator.layers.insert(recipe.generator.layers.begin(),
                                               net::JoinLabel{.classes = 10});
              }),
              HasSubstr("generator: found a layer that takes a label"));
}

TEST(Networks, NameTheLayerThatDoesNotFit) {
  Recipe recipe = shipped_recipe("dense");
  recipe.discriminator.layers.erase(recipe.discriminator.layers.begin());
  EXPECT_THAT(message_of([&] {
                net::infer_shapes(discriminator_spec(recipe, {28, 28, 1}));
              }),
              HasSubstr("discriminator layer 1, dense_1: dense: found an input of shape [28, 28, 1]"));
}

TEST(Precision, IsWhatTheProcessorHasWhereItIsLeftOpen) {
  EXPECT_EQ(resolve(Precision::automatic) == base::DType::bf16, ops::capabilities().native_bf16);
  EXPECT_EQ(resolve(Precision::f32), base::DType::f32);
}

TEST(Precision, Bf16IsRefusedWhereThereAreNoKernels) {
  if (ops::capabilities().bf16) {
    EXPECT_EQ(resolve(Precision::bf16), base::DType::bf16);
  } else {
    EXPECT_THROW(resolve(Precision::bf16), base::Error);
  }
}

}  // namespace
}  // namespace ganymede::train
