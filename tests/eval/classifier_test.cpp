#include "eval/classifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "eval/small_classifier.h"
#include "io/mutation.h"
#include "ops/elementwise/softmax.h"

namespace ganymede::eval {
namespace {

TEST(Classifier, ReadsWhatTheWholeNetworkSays) {
  const ops::Device device;
  const net::NetSpec spec = small_classifier();
  net::Weights weights = drawn_weights(spec);
  Classifier classifier(spec, weights, device);
  // More than one batch of the classifier, and no whole number of them.
  constexpr std::int64_t count = 503;
  const std::vector<std::uint8_t> images = patterns(1, count).pixels;
  const Readings readings = classifier.read(images);

  net::Program whole(spec, {.batch = count}, weights, device);
  std::ranges::transform(images, whole.input().begin(),
                         [](std::uint8_t byte) { return static_cast<float>(byte) / 255.0F; });
  whole.forward({});
  std::vector<float> expected(whole.output().size());
  ops::softmax(whole.output(), small_classes, expected);
  ASSERT_EQ(readings.probabilities.size(), expected.size());
  for (std::size_t n = 0; n < expected.size(); ++n) {
    ASSERT_NEAR(readings.probabilities[n], expected[n], 1e-5F) << n;
  }
}

TEST(Classifier, FeaturesAreWhatTheLogitsAreMadeOf) {
  const ops::Device device;
  const net::NetSpec spec = small_classifier();
  const net::Weights weights = drawn_weights(spec);
  Classifier classifier(spec, weights, device);
  EXPECT_EQ(classifier.feature_layer(), "leaky_relu_2");
  const Readings readings = classifier.read(patterns(1, 3).pixels);
  ASSERT_EQ(readings.feature_count, 16);
  const auto weight = weights.values(weights.table()[weights.table().size() - 2]);  // [classes, features]
  const auto bias = weights.values(weights.table().back());
  for (std::int64_t image = 0; image < 3; ++image) {
    std::vector<float> logits(bias.begin(), bias.end());
    for (std::int64_t c = 0; c < small_classes; ++c) {
      for (std::int64_t f = 0; f < 16; ++f) {
        logits[c] += weight[c * 16 + f] * readings.features[image * 16 + f];
      }
    }
    ops::softmax(logits, small_classes, logits);
    for (std::int64_t c = 0; c < small_classes; ++c) {
      EXPECT_NEAR(readings.probabilities_of(image)[c], logits[c], 1e-5F);
    }
  }
}

TEST(Classifier, RefusesANetworkWhoseFeaturesAreNotClear) {
  const ops::Device device;
  net::NetSpec spec = small_classifier();
  spec.layers.emplace_back(net::Activation{ops::Function::sigmoid, 0.0F});
  test::expect_error(base::ErrorKind::configuration, {"sigmoid", "a dense layer at the end"},
                     [&] { Classifier(spec, net::Weights(spec), device); });
}

TEST(Classifier, AccuracyIsTheShareOfRightLabels) {
  const Readings readings{.feature_count = 1,
                          .classes = 2,
                          .features = std::vector<float>(4),
                          .probabilities = {0.9F, 0.1F, 0.2F, 0.8F, 0.6F, 0.4F, 0.3F, 0.7F}};
  EXPECT_EQ(accuracy(readings, std::vector<std::uint16_t>{0, 1, 1, 1}), 0.75);
}

}  // namespace
}  // namespace ganymede::eval
