#include "train/doctor/doctor.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "train/fixtures.h"

namespace ganymede::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr float ln2 = 0.6931472F;

constexpr float none = std::numeric_limits<float>::quiet_NaN();
constexpr GradientNorms steady{.discriminator = 0.5F, .encoder = none, .generator = 0.2F};

Recipe with_loss(Loss loss) {
  Recipe recipe = shipped_recipe("dense");
  recipe.objective.loss = loss;
  return recipe;
}

StepMetrics losses(float real, float fake, float generator) {
  return GanMetrics{
      .discriminator_loss_real = real, .discriminator_loss_fake = fake, .generator_loss = generator};
}

/// What a doctor tells in `steps` steps of the same metrics, an interval every 20.
std::vector<Finding> told(Doctor& doctor, const StepMetrics& metrics, std::int64_t first, std::int64_t last,
                          const GradientNorms& norms = steady) {
  std::vector<Finding> all;
  for (std::int64_t step = first; step <= last; step += 20) {
    std::ranges::move(doctor.observe(step, metrics, norms), std::back_inserter(all));
  }
  return all;
}

Examination digits(std::vector<double> shares, double duplicates = 0.0) {
  Examination examination{.duplicates = duplicates, .labels = {}};
  for (std::size_t digit = 0; digit < shares.size(); ++digit) {
    examination.labels.push_back(
        {std::to_string(digit), shares[digit], 1.0 / static_cast<double>(shares.size())});
  }
  return examination;
}

const std::vector<double> all_ones = {0.03, 0.72, 0.03, 0.03, 0.04, 0.03, 0.03, 0.03, 0.03, 0.03};
const std::vector<double> uneven_but_healthy = {0.05, 0.25, 0.05, 0.1, 0.1, 0.05, 0.1, 0.15, 0.05, 0.1};

/// A doctor who has seen a generator make different images.
Doctor formed(const Recipe& recipe = with_loss(Loss::bce_with_logits)) {
  Doctor doctor(recipe);
  EXPECT_THAT(doctor.observe(100, digits(uneven_but_healthy)), IsEmpty());
  return doctor;
}

TEST(Doctor, FindsNothingWhereTheNetworksAreEven) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_THAT(told(doctor, losses(0.64F, 0.64F, 0.88F), 20, 20'000), IsEmpty());
  EXPECT_THAT(doctor.observe(20'000, digits(uneven_but_healthy, 0.1)), IsEmpty());
  EXPECT_THAT(doctor.observe(21'000, digits(uneven_but_healthy, 0.1)), IsEmpty());
}

TEST(Doctor, ForgivesADiscriminatorThatIsAheadInTheBeginning) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_THAT(told(doctor, losses(0.005F, 0.01F, 4.0F), 20, 140), IsEmpty());
  EXPECT_THAT(told(doctor, losses(0.5F, 0.6F, 1.0F), 160, 1000), IsEmpty());
}

TEST(Doctor, NamesNoWinnerWhereTheLabelsTellNothing) {
  for (const auto loss : {Loss::bce_with_logits, Loss::least_squares, Loss::minimax}) {
    Recipe flipped = with_loss(loss);
    flipped.objective.label_flip = 0.5;
    Recipe equal = with_loss(loss);
    equal.objective.real_label = equal.objective.fake_label = 0.5;
    Recipe nearly = with_loss(loss);
    nearly.objective.label_flip = 0.4999;
    for (const Recipe& recipe : {flipped, equal, nearly}) {
      for (const StepMetrics& metrics : {losses(0.6F, 0.6F, 0.7F), losses(0.8F, 0.8F, 0.7F)}) {
        Doctor doctor(recipe);
        EXPECT_THAT(told(doctor, metrics, 20, 2000), IsEmpty());
      }
    }
  }
}

TEST(Doctor, TellsOnceThatTheDiscriminatorHasWonAndOnceThatItIsOver) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  told(doctor, losses(0.5F, 0.6F, 1.0F), 20, 100);
  const auto won = told(doctor, losses(0.001F, 0.002F, 7.0F), 120, 2000);
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_EQ(won[0].ailment, Ailment::discriminator_won);
  EXPECT_EQ(won[0].since_step, 120);
  EXPECT_EQ(won[0].step, 320);
  EXPECT_FALSE(won[0].over);
  EXPECT_THAT(won[0].message, HasSubstr("has won since step 120"));
  EXPECT_THAT(won[0].advice, HasSubstr("--set discriminator_optimizer.learning_rate=5e-05"));
  const auto over = told(doctor, losses(0.5F, 0.6F, 1.0F), 2020, 4000);
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_TRUE(over[0].over);
  EXPECT_EQ(over[0].since_step, 120);
  EXPECT_THAT(over[0].advice, IsEmpty());
}

TEST(Doctor, AdvisesToSpeedUpTheNetworkThatLearnsMoreSlowly) {
  Recipe recipe = with_loss(Loss::bce_with_logits);
  recipe.generator_optimizer.learning_rate = 1e-6;
  Doctor slow_generator(recipe);
  EXPECT_THAT(told(slow_generator, losses(0.001F, 0.002F, 7.0F), 20, 220).at(0).advice,
              HasSubstr("--set generator_optimizer.learning_rate=0.0002"));
  recipe.generator_optimizer.learning_rate = 1e-3;
  Doctor slow_discriminator(recipe);
  EXPECT_THAT(told(slow_discriminator, losses(0.5F, 3.0F, 0.05F), 20, 220).at(0).advice,
              HasSubstr("--set discriminator_optimizer.learning_rate=0.001"));
}

TEST(Doctor, TellsThatTheGeneratorHasWon) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  const auto won = told(doctor, losses(0.1F, 3.0F, 0.05F), 20, 1000);
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_EQ(won[0].ailment, Ailment::generator_won);
  EXPECT_THAT(won[0].message, HasSubstr("its loss is 1.55, guessing costs 0.69"));
  EXPECT_THAT(won[0].advice, HasSubstr("--set training.discriminator_steps=2"));
}

TEST(Doctor, TellsThatNoGradientReachesTheGenerator) {
  const StepMetrics even = losses(0.5F, 0.6F, 1.0F);
  GradientNorms gone = steady;
  gone.generator = 1e-8F;
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_THAT(told(doctor, even, 20, 1000), IsEmpty());
  EXPECT_THAT(told(doctor, even, 1020, 1200, gone), IsEmpty());
  const auto still = told(doctor, even, 1220, 2000, gone);
  ASSERT_THAT(still, SizeIs(1));
  EXPECT_EQ(still[0].ailment, Ailment::standstill);
  EXPECT_THAT(still[0].message, HasSubstr("has stood still since step 1,020"));
  EXPECT_THAT(still[0].advice, HasSubstr("--set generator_optimizer.learning_rate=5e-05"));
  const auto over = told(doctor, even, 2020, 3000);
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_TRUE(over[0].over);
}

/// D's two losses and G's where the discriminator has won, where it guesses, where it is fooled.
struct Regimes {
  Loss loss;
  StepMetrics won, guessing, fooled;
};

TEST(Doctor, JudgesEveryLossOnItsOwnScale) {
  const Regimes all[] = {
      {Loss::bce_with_logits, losses(0.0F, 0.0F, 9.0F), losses(ln2, ln2, ln2), losses(0.1F, 3.0F, 0.0F)},
      {Loss::minimax, losses(0.0F, 0.0F, 0.0F), losses(ln2, ln2, -ln2), losses(0.1F, 3.0F, -3.0F)},
      {Loss::least_squares, losses(0.0F, 0.0F, 1.0F), losses(0.25F, 0.25F, 0.25F), losses(0.0F, 1.0F, 0.0F)},
      {Loss::hinge, losses(0.0F, 0.0F, 2.0F), losses(1.0F, 1.0F, 0.0F), losses(0.5F, 3.0F, -2.0F)},
      {Loss::relativistic, losses(0.0F, 0.0F, 6.0F), losses(ln2, ln2, ln2), losses(1.5F, 1.5F, 0.3F)},
  };
  for (const Regimes& regimes : all) {
    Doctor winning(with_loss(regimes.loss));
    EXPECT_EQ(told(winning, regimes.won, 20, 400).at(0).ailment, Ailment::discriminator_won);
    Doctor guessing(with_loss(regimes.loss));
    EXPECT_THAT(told(guessing, regimes.guessing, 20, 400), IsEmpty());
    Doctor fooled(with_loss(regimes.loss));
    EXPECT_EQ(told(fooled, regimes.fooled, 20, 400).at(0).ailment, Ailment::generator_won);
  }
}

TEST(Doctor, JudgesSmoothedLabelsByWhatTheyLetADiscriminatorKnow) {
  Recipe recipe = with_loss(Loss::bce_with_logits);
  recipe.objective.real_label = 0.9;
  const float least = 0.325083F;  // -0.9 ln 0.9 - 0.1 ln 0.1
  Doctor doctor(recipe);
  EXPECT_EQ(told(doctor, losses(least + 0.005F, 0.005F, 8.0F), 20, 400).at(0).ailment,
            Ailment::discriminator_won);
}

TEST(Doctor, LeavesTheLogitsOfTheWassersteinDistanceTheirScale) {
  Doctor doctor(with_loss(Loss::wasserstein));
  EXPECT_THAT(told(doctor, losses(-15.0F, -12.0F, 40.0F), 20, 2000), IsEmpty());
  EXPECT_THAT(told(doctor, losses(160.0F, -170.0F, -165.0F), 2020, 4000), IsEmpty());
  const auto fooled = told(doctor, losses(3.0F, -1.0F, 0.0F), 4020, 4400);
  ASSERT_THAT(fooled, SizeIs(1));
  EXPECT_EQ(fooled[0].ailment, Ailment::generator_won);
}

TEST(Doctor, NamesAnExplosionAfterTwoIntervals) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_THAT(doctor.observe(20, losses(7400.0F, 5100.0F, 7500.0F), steady), IsEmpty());
  const auto exploded = doctor.observe(40, losses(1100.0F, 100.0F, 6500.0F), steady);
  ASSERT_THAT(exploded, SizeIs(1));
  EXPECT_EQ(exploded[0].ailment, Ailment::explosion);
  EXPECT_EQ(exploded[0].since_step, 20);
  EXPECT_THAT(exploded[0].advice, HasSubstr("generator_optimizer.learning_rate=2e-05"));
}

TEST(Doctor, NamesGradientsThatGrowAThousandfold) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  const StepMetrics even = losses(ln2, ln2, ln2);
  const GradientNorms large{.discriminator = 0.5F, .encoder = none, .generator = 900.0F};
  for (std::int64_t step = 20; step <= 1000; step += 20) {
    EXPECT_THAT(doctor.observe(step, even, steady), IsEmpty());
  }
  EXPECT_THAT(doctor.observe(1020, even, large), IsEmpty());
  EXPECT_THAT(doctor.observe(1040, even, steady), IsEmpty());
  EXPECT_THAT(doctor.observe(1060, even, large), IsEmpty());
  const auto exploded = doctor.observe(1080, even, large);
  ASSERT_THAT(exploded, SizeIs(1));
  EXPECT_EQ(exploded[0].ailment, Ailment::explosion);
  EXPECT_EQ(exploded[0].since_step, 1060);
}

TEST(Doctor, NamesTheDigitThatTheSamplesHaveCollapsedTo) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_THAT(doctor.observe(2900, digits(uneven_but_healthy)), IsEmpty());
  EXPECT_THAT(doctor.observe(3400, digits(all_ones)), IsEmpty());
  const auto collapsed = doctor.observe(3900, digits(all_ones));
  ASSERT_THAT(collapsed, SizeIs(1));
  EXPECT_EQ(collapsed[0].ailment, Ailment::collapse);
  EXPECT_EQ(collapsed[0].message, "72% of the samples show \"1\" since step 3,400; of the data, 10% do");
  EXPECT_THAT(collapsed[0].advice, HasSubstr("--set penalty.r1=1"));
  EXPECT_THAT(doctor.observe(4400, digits(all_ones)), IsEmpty());
  EXPECT_TRUE(doctor.observe(4900, digits(uneven_but_healthy)).at(0).over);
}

TEST(Doctor, NamesTheFewDigitsThatAreLeft) {
  Doctor doctor = formed();
  const std::vector<double> three = {0, 0.4, 0, 0, 0, 0, 0, 0.3, 0, 0.3};
  doctor.observe(500, digits(three));
  EXPECT_THAT(doctor.observe(1000, digits(three)).at(0).message,
              HasSubstr("100% of the samples show \"1\" or \"7\" or \"9\""));
}

TEST(Doctor, LetsAGeneratorBeginWithOneShapeForTwoMillionImages) {
  Doctor doctor(with_loss(Loss::bce_with_logits));  // of batches of 128 images
  for (std::int64_t step = 500; step <= 16'000; step += 500) {
    EXPECT_THAT(doctor.observe(step, digits(all_ones, 1.0)), IsEmpty());
  }
  const auto collapsed = doctor.observe(16'500, digits(all_ones, 1.0));
  ASSERT_THAT(collapsed, SizeIs(1));
  EXPECT_EQ(collapsed[0].since_step, 500);
}

TEST(Doctor, GivesASlowGeneratorLonger) {
  Recipe recipe = with_loss(Loss::bce_with_logits);
  recipe.generator_optimizer.learning_rate = 1e-5;
  Doctor doctor(recipe);
  for (std::int64_t step = 500; step <= 156'500; step += 500) {
    EXPECT_THAT(doctor.observe(step, digits(all_ones, 1.0)), IsEmpty());
  }
  EXPECT_THAT(doctor.observe(157'000, digits(all_ones, 1.0)), SizeIs(1));
}

TEST(Doctor, NeedsNoLabelsToSeeThatSamplesRepeat) {
  Doctor doctor = formed();
  doctor.observe(500, Examination{.duplicates = 0.9, .labels = {}});
  const auto collapsed = doctor.observe(1000, Examination{.duplicates = 0.64, .labels = {}});
  ASSERT_THAT(collapsed, SizeIs(1));
  EXPECT_EQ(collapsed[0].message, "64% of the samples repeat another one since step 500");
}

TEST(Doctor, TellsOfACollapseOnceHoweverItShows) {
  Doctor doctor = formed();
  std::vector<Finding> all;
  for (std::int64_t step = 500; step <= 3000; step += 500) {
    std::ranges::move(doctor.observe(step, digits(all_ones, 0.9)), std::back_inserter(all));
  }
  EXPECT_THAT(all, SizeIs(1));
}

TEST(Doctor, SaysThatACollapseIsOverOnlyWhenNothingShowsItAnyMore) {
  Doctor doctor = formed();
  doctor.observe(500, digits(all_ones, 0.9));
  doctor.observe(1000, digits(all_ones, 0.9));
  EXPECT_THAT(doctor.observe(1500, digits(uneven_but_healthy, 0.9)), IsEmpty());
  const auto over = doctor.observe(2000, digits(uneven_but_healthy, 0.1));
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_TRUE(over[0].over);
  EXPECT_EQ(over[0].since_step, 500);
}

TEST(Doctor, AdvisesNoPenaltyThatTheNetworkCannotHave) {
  Recipe recipe = with_loss(Loss::bce_with_logits);
  recipe.discriminator.layers.insert(recipe.discriminator.layers.begin() + 2, net::BatchNorm{});
  Doctor doctor = formed(recipe);
  doctor.observe(500, digits(all_ones));
  EXPECT_THAT(doctor.observe(1000, digits(all_ones)).at(0).advice,
              HasSubstr("--set generator_optimizer.learning_rate=5e-05"));
}

TEST(Doctor, KnowsOfAVaeItsLossAndItsSamples) {
  Doctor doctor(shipped_recipe("vae"));
  const GradientNorms norms{.discriminator = none, .encoder = 3.0F, .generator = 5.0F};
  const auto after = [](float loss) {
    return VaeMetrics{.loss = loss, .reconstruction = loss - 20.0F, .divergence = 20.0F};
  };
  for (std::int64_t step = 20; step <= 5000; step += 20) {
    EXPECT_THAT(doctor.observe(step, after(step < 200 ? 540.0F : 100.0F), norms), IsEmpty());
  }
  doctor.observe(5020, after(2e6F), norms);
  const auto exploded = doctor.observe(5040, after(3e6F), norms);
  ASSERT_THAT(exploded, SizeIs(1));
  EXPECT_EQ(exploded[0].ailment, Ailment::explosion);
  EXPECT_THAT(exploded[0].message, HasSubstr("loss 3e+06"));
  EXPECT_THAT(exploded[0].advice, HasSubstr("encoder_optimizer.learning_rate="));
  doctor.observe(5500, digits(uneven_but_healthy));
  doctor.observe(6000, digits(all_ones));
  EXPECT_THAT(doctor.observe(6500, digits(all_ones)).at(0).advice,
              HasSubstr("--set generator_optimizer.learning_rate="));
}

TEST(Doctor, SaysWhatToChangeAfterADivergence) {
  const Finding finding = Doctor(with_loss(Loss::bce_with_logits)).diverged(122);
  EXPECT_EQ(finding.ailment, Ailment::not_finite);
  EXPECT_THAT(finding.message, HasSubstr("after step 122"));
  EXPECT_THAT(finding.advice, HasSubstr("discriminator_optimizer.learning_rate=2e-05"));
}

TEST(Ailment, HasAWordThatIsReadBack) {
  for (const Ailment ailment : {Ailment::collapse, Ailment::discriminator_won, Ailment::generator_won,
                                Ailment::standstill, Ailment::explosion, Ailment::not_finite}) {
    EXPECT_EQ(parse_ailment(to_string(ailment)), ailment);
  }
  EXPECT_EQ(parse_ailment("flu"), std::nullopt);
}

TEST(CalmerRate, IsATenthAndNeverMoreThanUsual) {
  EXPECT_DOUBLE_EQ(calmer_rate(2e-4), 2e-5);
  EXPECT_DOUBLE_EQ(calmer_rate(0.1), 1e-4);
}

TEST(Doctor, KnowsTheLastStepThatWasGoodBeforeItBelievesInAnExplosion) {
  Doctor doctor(with_loss(Loss::bce_with_logits));
  EXPECT_EQ(doctor.last_good_step(), 0);
  told(doctor, losses(0.6F, 0.6F, 0.9F), 20, 100);
  EXPECT_EQ(doctor.last_good_step(), 100);
  EXPECT_THAT(doctor.observe(120, losses(0.6F, 0.6F, 1e4F), steady), IsEmpty());
  EXPECT_EQ(doctor.last_good_step(), 100);
  EXPECT_THAT(doctor.observe(140, losses(0.6F, 0.6F, 1e4F), steady), SizeIs(1));
  EXPECT_EQ(doctor.last_good_step(), 100);
  EXPECT_THAT(doctor.observe(160, losses(0.6F, 0.6F, 0.9F), steady), SizeIs(1));
  EXPECT_EQ(doctor.last_good_step(), 160);
  EXPECT_THAT(doctor.observe(180, losses(0.001F, 0.001F, 7.0F), steady), IsEmpty());
  EXPECT_EQ(doctor.last_good_step(), 180) << "a discriminator that wins has finite weights";
}

}  // namespace
}  // namespace ganymede::train
