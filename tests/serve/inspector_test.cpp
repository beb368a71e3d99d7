#include "serve/inspector.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <cmath>
#include <vector>

#include "serve/http/encoding.h"
#include "serve/runs_fixture.h"
#include "train/sampling.h"

namespace ganymede::serve {
namespace {

using Json = nlohmann::ordered_json;

/// The discriminator's logit, computed by a program of its own.
float logit_of(const std::vector<float>& image) {
  TrainedNetworks networks = test::small_networks();
  const ops::Device device;
  net::Program program(networks.partner.spec, {.batch = 1}, networks.partner.weights, device);
  std::ranges::copy(image, program.input().begin());
  program.forward({});
  return program.output().front();
}

TEST(Inspector, DescribesEveryLayerAndWeight) {
  const Json description = Inspector(test::small_networks()).describe();
  EXPECT_EQ(description["epoch"], 3);
  const Json& generator = description["generator"];
  EXPECT_EQ(generator["input"], Json({4}));
  EXPECT_EQ(generator["trainable"], 4 * 6 + 6 + 6 * 16 + 16);
  ASSERT_EQ(generator["layers"].size(), 5);
  EXPECT_EQ(generator["layers"][0]["name"], "dense_1");
  EXPECT_EQ(generator["layers"][0]["parameters"], 4 * 6 + 6);
  EXPECT_EQ(generator["layers"][0]["weights"][0]["shape"], Json({6, 4}));
  EXPECT_EQ(generator["layers"][4]["shape"], Json({4, 4, 1}));
}

TEST(Inspector, GeneratesTheImageThatSamplingGivesForThePoint) {
  Inspector inspector(test::small_networks());
  TrainedNetworks networks = test::small_networks();
  const ops::Device device;
  train::ImageMaker maker(networks.generator.spec, networks.generator.weights, device, base::DType::f32, 3);
  std::vector<float> images(3 * 16);
  maker.make(train::sample_latents(networks.recipe, 5, 3), {}, images);
  const std::vector<float> third(images.begin() + 32, images.end());
  const std::vector<float> image = inspector.image({.seed = 5, .point = 2});
  EXPECT_THAT(image, testing::Pointwise(testing::FloatNear(1e-6F), third));
  EXPECT_EQ(inspector.generate({.seed = 5, .point = 2})["image"], base64_of_range(image, 0.0F, 1.0F));
}

TEST(Inspector, ShowsWhatLayersThatWorkInPlaceOverwrite) {
  const Json layers = Inspector(test::small_networks()).generate({.seed = 5, .point = 1})["layers"];
  ASSERT_EQ(layers.size(), 5);
  const double before = layers[0]["low"];  // dense_1
  const double after = layers[1]["low"];   // leaky_relu_1, of slope 0.2
  ASSERT_LT(before, 0.0) << "choose another point";
  EXPECT_FLOAT_EQ(static_cast<float>(after), static_cast<float>(0.2 * before));
  EXPECT_EQ(layers[3]["values"], layers[4]["values"]);  // a reshape changes no value
}

TEST(Inspector, JudgesWithTheLogitAndItsSlopeByEachPixel) {
  Inspector inspector(test::small_networks());
  std::vector<float> image(16);
  for (std::size_t n = 0; n < image.size(); ++n) {
    image[n] = static_cast<float>(n) / 16.0F;
  }
  const Json judgement = inspector.judge(image, 0);
  EXPECT_FLOAT_EQ(judgement["logit"].get<float>(), logit_of(image));
  EXPECT_FLOAT_EQ(judgement["probability"].get<float>(), 1.0F / (1.0F + std::exp(-logit_of(image))));

  constexpr float step = 1e-2F;  // the network is linear around the image
  std::vector<float> slopes(16);
  float largest = 0.0F;
  for (std::size_t n = 0; n < image.size(); ++n) {
    std::vector<float> moved = image;
    moved[n] += step;
    slopes[n] = (logit_of(moved) - logit_of(image)) / step;
    largest = std::max(largest, std::abs(slopes[n]));
  }
  EXPECT_NEAR(judgement["gradient_scale"].get<float>(), largest, 1e-3F * largest);
  const std::string encoded = judgement["gradient"];
  std::vector<std::uint8_t> bytes(encoded.size());
  EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                  static_cast<int>(encoded.size()));
  constexpr float half_range = 127.5F;
  for (std::size_t n = 0; n < slopes.size(); ++n) {
    EXPECT_NEAR(static_cast<float>(bytes[n]) - half_range, slopes[n] / largest * half_range, 1.0F) << n;
  }
}

TEST(Inspector, RefusesAnImageOrALabelThatTheNetworksCannotTake) {
  Inspector inspector(test::small_networks());
  for (const std::size_t size : {0U, 15U, 17U, 28U * 28U}) {
    EXPECT_THROW(inspector.judge(std::vector<float>(size, 0.5F), 0), base::Error) << size;
  }
  TrainedNetworks networks = test::small_networks();
  networks.partner.spec.layers.insert(networks.partner.spec.layers.begin() + 1, net::JoinLabel{.classes = 2});
  networks.partner.weights = net::Weights(networks.partner.spec);
  Inspector of_labels(std::move(networks));
  const std::vector<float> image(16, 0.5F);
  EXPECT_NO_THROW(of_labels.judge(image, 1));
  for (const std::int32_t label : {-1, 2, 1000}) {
    EXPECT_THROW(of_labels.judge(image, label), base::Error) << label;
  }
}

TEST(Inspector, ShowsAnEncoderAndTheImageMadeOfItsMean) {
  Inspector inspector(test::small_networks(test::small_vae));
  const Json description = inspector.describe();
  EXPECT_FALSE(description.contains("discriminator"));
  EXPECT_EQ(description["encoder"]["layers"].size(), 2);

  const std::vector<float> image(16, 0.5F);
  const Json judgement = inspector.judge(image, 0);
  EXPECT_FALSE(judgement.contains("logit"));
  EXPECT_EQ(judgement["layers"].size(), 2);
  TrainedNetworks networks = test::small_networks(test::small_vae);
  const ops::Device device;
  net::Program encoder(networks.partner.spec, {.batch = 1}, networks.partner.weights, device);
  std::ranges::copy(image, encoder.input().begin());
  encoder.forward({});
  train::ImageMaker maker(networks.generator.spec, networks.generator.weights, device, base::DType::f32, 1);
  std::vector<float> expected(16);
  maker.make(encoder.output().first(4), {}, expected);
  EXPECT_EQ(judgement["reconstruction"], base64_of_range(expected, 0.0F, 1.0F));
}

TEST(Inspector, PutsNewImagesOnASheet) {
  const io::Image sheet = Inspector(test::small_networks()).sheet(1, 6, 3);
  EXPECT_EQ(sheet.width, 3 * (4 + 2) + 2);
  EXPECT_EQ(sheet.height, 2 * (4 + 2) + 2);
}

TEST(Encoding, IsThatOfRfc4648) {
  const std::string text = "foobar";
  const auto encode = [&](std::size_t length) {
    return base64(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), length));
  };
  EXPECT_EQ(encode(0), "");
  EXPECT_EQ(encode(1), "Zg==");
  EXPECT_EQ(encode(2), "Zm8=");
  EXPECT_EQ(encode(3), "Zm9v");
  EXPECT_EQ(encode(6), "Zm9vYmFy");
}

TEST(Encoding, ClampsValuesToTheirRange) {
  EXPECT_EQ(base64_of_range(std::vector<float>{-5.0F, 0.0F, 1.0F, 7.0F}, 0.0F, 1.0F),
            base64(std::vector<std::uint8_t>{0, 0, 255, 255}));
  EXPECT_EQ(base64_of_range(std::vector<float>{2.0F}, 2.0F, 2.0F), base64(std::vector<std::uint8_t>{0}));
}

}  // namespace
}  // namespace ganymede::serve
