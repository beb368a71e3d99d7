#include "serve/inside/inspector.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "serve/http/encoding.h"
#include "serve/inside/layer_words.h"
#include "serve/runs_fixture.h"
#include "train/sampling.h"

namespace ganymede::serve {
namespace {

using Json = nlohmann::ordered_json;

/// The bytes of base 64.
std::vector<std::uint8_t> bytes_of(const std::string& encoded) {
  std::vector<std::uint8_t> bytes(encoded.size());
  EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                  static_cast<int>(encoded.size()));
  return bytes;
}

/// The discriminator's logit, computed by a program of its own.
float logit_of(const std::vector<float>& image) {
  TrainedNetworks networks = test::small_networks();
  const ops::Device device;
  net::Program program(networks.partner.spec, {.batch = 1}, networks.partner.weights, device);
  std::ranges::copy(image, program.input().begin());
  program.forward({});
  return program.output().front();
}

std::vector<float> ramp() {
  std::vector<float> image(16);
  for (std::size_t n = 0; n < image.size(); ++n) {
    image[n] = static_cast<float>(n) / 16.0F;
  }
  return image;
}

Sample sample(const Inspector& inspector, std::int64_t point, std::vector<float> image = ramp()) {
  return {.latent = inspector.latent({.seed = 5, .point = point}), .image = std::move(image)};
}

/// The weights of test::small_networks() as a training has them.
Look look_at(TrainedNetworks networks) {
  Look look;
  look.number = 1;
  look.position = {.step = 12, .total_steps = 20, .steps_an_epoch = 4};
  look.generator.take(networks.generator.weights);
  look.partner.take(networks.partner.weights);
  return look;
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

TEST(Inspector, HasASentenceForEveryKindOfLayer) {
  for (const auto& [kind, layer] : net::layer_kinds()) {
    EXPECT_TRUE(sentence_of(kind).ends_with('.')) << kind;
  }
}

TEST(Inspector, GeneratesTheImageThatSamplingGivesForThePoint) {
  Inspector inspector(test::small_networks());
  TrainedNetworks networks = test::small_networks();
  const ops::Device device;
  train::ImageMaker maker(networks.generator.spec, networks.generator.weights, device, base::DType::f32, 3);
  std::vector<float> images(3 * 16);
  maker.make(train::sample_latents(networks.recipe, 5, 3), {}, images);
  const std::vector<float> third(images.begin() + 32, images.end());
  EXPECT_EQ(inspector.flow(sample(inspector, 2))["generated"], base64_of_range(third, 0.0F, 1.0F));
}

TEST(Inspector, ShowsWhatLayersThatWorkInPlaceOverwrite) {
  Inspector inspector(test::small_networks());
  const Json layers = inspector.flow(sample(inspector, 1))["passages"]["generator"]["layers"];
  ASSERT_EQ(layers.size(), 5);
  const double before = layers[0]["low"];  // dense_1
  const double after = layers[1]["low"];   // leaky_relu_1, of slope 0.2
  ASSERT_LT(before, 0.0) << "choose another point";
  EXPECT_FLOAT_EQ(static_cast<float>(after), static_cast<float>(0.2 * before));
  EXPECT_EQ(layers[3]["values"], layers[4]["values"]);  // a reshape changes no value
}

TEST(Inspector, JudgesWithTheLogitAndItsSlopeByEachPixel) {
  Inspector inspector(test::small_networks());
  const std::vector<float> image = ramp();
  const Json flow = inspector.flow(sample(inspector, 0));
  EXPECT_FLOAT_EQ(flow["verdicts"]["real"]["logit"].get<float>(), logit_of(image));
  EXPECT_FLOAT_EQ(flow["verdicts"]["real"]["probability"].get<float>(),
                  1.0F / (1.0F + std::exp(-logit_of(image))));

  constexpr float step = 1e-2F;  // the network is linear around the image
  std::vector<float> slopes(16);
  float largest = 0.0F;
  for (std::size_t n = 0; n < image.size(); ++n) {
    std::vector<float> moved = image;
    moved[n] += step;
    slopes[n] = (logit_of(moved) - logit_of(image)) / step;
    largest = std::max(largest, std::abs(slopes[n]));
  }
  const Json& gradient = flow["passages"]["real"]["input"]["gradients"]["logit"];
  EXPECT_NEAR(gradient["largest"].get<float>(), largest, 1e-3F * largest);
  const std::vector<std::uint8_t> bytes = bytes_of(gradient["values"]);
  constexpr float half_range = 127.5F;
  for (std::size_t n = 0; n < slopes.size(); ++n) {
    EXPECT_NEAR(static_cast<float>(bytes[n]) - half_range, slopes[n] / largest * half_range, 1.0F) << n;
  }
}

/// The losses are those of the objective at the two logits.
TEST(Inspector, HasTheLossesOfTheRecipe) {
  Inspector inspector(test::small_networks());
  const Json flow = inspector.flow(sample(inspector, 0));
  const double real = flow["verdicts"]["real"]["logit"];
  const double fake = flow["verdicts"]["fake"]["logit"];
  EXPECT_NEAR(flow["losses"]["real"].get<double>(), std::log1p(std::exp(-real)), 1e-5);
  EXPECT_NEAR(flow["losses"]["fake"].get<double>(), std::log1p(std::exp(fake)), 1e-5);
  EXPECT_NEAR(flow["losses"]["generator"].get<double>(), std::log1p(std::exp(-fake)), 1e-5);
  EXPECT_EQ(flow["labels"]["generator"], 1.0);
  EXPECT_EQ(inspector.flow(sample(inspector, 0, {}))["losses"], Json::object());  // without a real image
}

/// Weights are moved in the first layers, and the losses follow the gradients of their outputs: a bias is
/// added to its layer's output.
TEST(Inspector, BringsTheGradientOfEachLossBackToEachLayer) {
  constexpr float step = 1e-3F;
  const auto loss_after = [](bool of_generator, std::size_t unit, float change, const char* loss) {
    TrainedNetworks networks = test::small_networks();
    net::Weights& weights = of_generator ? networks.generator.weights : networks.partner.weights;
    for (const net::WeightRow& row : weights.table()) {
      if (row.name == "dense_1.bias") {
        weights.values(row)[unit] += change;
      }
    }
    Inspector inspector(std::move(networks));
    return inspector.flow(sample(inspector, 0))["losses"][loss].get<float>();
  };
  Inspector inspector(test::small_networks());
  const Json passages = inspector.flow(sample(inspector, 0))["passages"];
  const auto expect_slopes = [&](const Json& layer, const char* of, bool of_generator, const char* loss,
                                 float share) {
    const Json& gradient = layer["gradients"][of];
    const std::vector<std::uint8_t> bytes = bytes_of(gradient["values"]);
    const float largest = gradient["largest"];
    ASSERT_GT(largest, 0.0F);
    for (std::size_t unit = 0; unit < 5; ++unit) {
      const float slope =
          (loss_after(of_generator, unit, step, loss) - loss_after(of_generator, unit, -step, loss)) /
          (2.0F * step) * share;
      EXPECT_NEAR((static_cast<float>(bytes[unit]) / 127.5F - 1.0F) * largest, slope, 0.02F * largest)
          << loss << " " << unit;
    }
  };
  expect_slopes(passages["generator"]["layers"][0], "generator", true, "generator", 1.0F);
  expect_slopes(passages["fake"]["layers"][1], "generator", false, "generator", 1.0F);
  expect_slopes(passages["fake"]["layers"][1], "discriminator", false, "fake", 0.5F);  // the mean of both
  expect_slopes(passages["real"]["layers"][1], "discriminator", false, "real", 0.5F);
  EXPECT_FALSE(passages["generator"]["layers"][0]["gradients"].contains("discriminator"));
}

TEST(Inspector, OpensALayerWithItsWeights) {
  Inspector inspector(test::small_networks());
  const Json opened = inspector.flow(sample(inspector, 0), LayerChoice{"discriminator", 1})["opened"];
  EXPECT_EQ(opened["passages"].size(), 2);  // of both images
  ASSERT_EQ(opened["weights"].size(), 2);
  const Json& weight = opened["weights"][0];
  EXPECT_EQ(weight["name"], "dense_1.weight");
  std::int64_t counted = 0;
  for (const Json& count : weight["histogram"]) {
    counted += count.get<std::int64_t>();
  }
  EXPECT_EQ(counted, 5 * 16);
  EXPECT_EQ(weight["filters"]["shape"], Json({4, 4, 5}));  // what each unit looks for in the image
  EXPECT_FALSE(
      inspector.flow(sample(inspector, 0), LayerChoice{"generator", 0})["opened"]["weights"][0].contains(
          "filters"));
  EXPECT_THROW(inspector.flow(sample(inspector, 0), LayerChoice{"generator", 5}), base::Error);
  EXPECT_THROW(inspector.flow(sample(inspector, 0), LayerChoice{"encoder", 0}), base::Error);
}

TEST(Inspector, ShowsTheFiltersOfAConvolution) {
  constexpr const char* convolutional = R"(
name = "small"
description = "for tests"
latent = { size = 4, distribution = "normal" }
pixel_range = { low = 0.0, high = 1.0 }
[generator]
layers = [{ kind = "dense", units = 16 }, { kind = "reshape", shape = [4, 4, 1] }]
[discriminator]
layers = [{ kind = "conv", channels = 3, kernel = 2 }, { kind = "flatten" }, { kind = "dense", units = 1 }]
)";
  TrainedNetworks networks = test::small_networks(convolutional);
  const net::WeightRow row = networks.partner.weights.table().front();
  const std::span values = networks.partner.weights.values(row);  // [3, 2, 2, 1]
  std::ranges::fill(values, 0.0F);
  values[4 + 1] = 2.0F;  // of the second filter the pixel on the right of the first row
  Inspector inspector(std::move(networks));
  const Json filters = inspector.flow(sample(inspector, 0),
                                      LayerChoice{"discriminator", 0})["opened"]["weights"][0]["filters"];
  EXPECT_EQ(filters["shape"], Json({2, 2, 3}));
  EXPECT_EQ(filters["largest"], 2.0);
  const std::vector<std::uint8_t> bytes = bytes_of(filters["values"]);
  EXPECT_EQ(bytes[1 * 3 + 1], 255);
  EXPECT_EQ(bytes[1 * 3 + 0], 128);
}

TEST(Inspector, ShowsATrainingAsItIs) {
  Inspector inspector(test::small_networks());
  Look look = look_at(test::small_networks());
  std::ranges::fill(look.partner.parameters, 0.0F);
  const Json flow = inspector.flow(look, sample(inspector, 0), 0);
  EXPECT_EQ(flow["verdicts"]["fake"]["logit"], 0.0);
  EXPECT_EQ(flow["step"], 12);
  EXPECT_EQ(flow["phase"], nullptr);
  EXPECT_FALSE(flow.contains("batch"));
}

TEST(Inspector, TellsWhatAPhaseOfAStepHasChanged) {
  Inspector inspector(test::small_networks());
  const auto before = std::make_shared<Look>(look_at(test::small_networks()));
  before->phase = train::Phase::forward;
  before->batch = {.count = 2, .images = ramp(), .labels = {0, 1}, .latents = std::vector<float>(8, 0.5F)};
  before->batch.images.resize(32, 0.25F);
  Look look = look_at(test::small_networks());
  look.phase = train::Phase::partner_update;
  look.batch = before->batch;
  look.before = before;
  for (float& parameter : look.partner.parameters) {
    parameter *= 1.5F;
  }
  const Json flow = inspector.flow(look, sample(inspector, 0, {}), 3);
  EXPECT_EQ(flow["number"], 1);
  EXPECT_EQ(flow["phase"], "partner");
  ASSERT_EQ(flow["batch"].size(), 2);
  EXPECT_FALSE(flow["changed"].contains("generator"));
  EXPECT_EQ(flow["changed"]["discriminator"][0], nullptr);  // flatten
  EXPECT_FLOAT_EQ(flow["changed"]["discriminator"][1].get<float>(), 0.5F);
  EXPECT_FLOAT_EQ(flow["verdicts_before"]["real"]["logit"].get<float>(),
                  logit_of(std::vector<float>(16, 0.25F)));
  EXPECT_EQ(flow["verdicts_before"], flow["batch"][1]["verdicts_before"]);
  EXPECT_EQ(flow["verdicts"], flow["batch"][1]["verdicts"]);
  EXPECT_NE(flow["verdicts"], flow["verdicts_before"]);
  // The gradients are those that the update followed.
  Inspector untouched(test::small_networks());
  EXPECT_EQ(
      flow["passages"]["real"]["layers"][1]["gradients"],
      untouched.flow(*before, sample(untouched, 0, {}), 1)["passages"]["real"]["layers"][1]["gradients"]);
}

TEST(Inspector, RefusesAnImageOrALabelThatTheNetworksCannotTake) {
  Inspector inspector(test::small_networks());
  for (const std::size_t size : {15U, 17U, 28U * 28U}) {
    EXPECT_THROW(inspector.flow(sample(inspector, 0, std::vector<float>(size, 0.5F))), base::Error) << size;
  }
  TrainedNetworks networks = test::small_networks();
  networks.partner.spec.layers.insert(networks.partner.spec.layers.begin() + 1, net::JoinLabel{.classes = 2});
  networks.partner.weights = net::Weights(networks.partner.spec);
  Inspector of_labels(std::move(networks));
  const auto flow = [&](std::int32_t label) {
    Sample one = sample(of_labels, 0);
    one.image_label = label;
    return of_labels.flow(one);
  };
  EXPECT_NO_THROW(flow(1));
  for (const std::int32_t label : {-1, 2, 1000}) {
    EXPECT_THROW(flow(label), base::Error) << label;
  }
}

TEST(Inspector, ShowsAnEncoderAndTheImageMadeOfItsMean) {
  Inspector inspector(test::small_networks(test::small_vae));
  const Json description = inspector.describe();
  EXPECT_FALSE(description.contains("discriminator"));
  EXPECT_EQ(description["encoder"]["layers"].size(), 2);

  const std::vector<float> image(16, 0.5F);
  const Json flow = inspector.flow(sample(inspector, 0, image));
  EXPECT_EQ(flow["verdicts"], Json::object());
  EXPECT_EQ(flow["passages"]["encoder"]["layers"].size(), 2);
  TrainedNetworks networks = test::small_networks(test::small_vae);
  const ops::Device device;
  net::Program encoder(networks.partner.spec, {.batch = 1}, networks.partner.weights, device);
  std::ranges::copy(image, encoder.input().begin());
  encoder.forward({});
  train::ImageMaker maker(networks.generator.spec, networks.generator.weights, device, base::DType::f32, 1);
  std::vector<float> expected(16);
  maker.make(encoder.output().first(4), {}, expected);
  EXPECT_EQ(flow["made_again"], base64_of_range(expected, 0.0F, 1.0F));

  double entropy = 0.0;  // of pixels of one half
  for (const float pixel : expected) {
    entropy -= 0.5 * std::log(pixel) + 0.5 * std::log(1.0 - pixel);
  }
  EXPECT_NEAR(flow["losses"]["reconstruction"].get<double>(), entropy, 1e-3);
  EXPECT_GT(flow["passages"]["encoder"]["layers"][1]["gradients"]["both"]["norm"], 0.0);
  EXPECT_GT(flow["passages"]["generator"]["input"]["gradients"]["both"]["norm"], 0.0);

  const Json of_generated = inspector.flow(sample(inspector, 0, {}));
  EXPECT_EQ(of_generated["losses"], Json::object());
  EXPECT_NE(of_generated["made_again"], nullptr);
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
