#include "net/toml_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "reference/cases.h"

namespace ganymede::net {

/// A description of this test's own.
struct Inner {
  double number = 0.5;
  Initializer word = Initializer::glorot_uniform;

  friend bool operator==(const Inner&, const Inner&) = default;
};
template <class Visitor>
void fields(Inner& inner, Visitor& visit) {
  visit("number", inner.number);
  visit("word", inner.word);
}

struct Description {
  std::string name = "default";
  bool flag = false;
  std::int64_t count = 1;
  float share = 0.25F;
  base::Shape shape = {1};
  Padding padding;
  Inner inner;
  std::vector<LayerSpec> layers;

  friend bool operator==(const Description&, const Description&) = default;
};
template <class Visitor>
void fields(Description& d, Visitor& visit) {
  visit.required("name", d.name);
  visit("flag", d.flag);
  visit("count", d.count);
  visit("share", d.share);
  visit("shape", d.shape);
  visit("padding", d.padding);
  visit("layers", d.layers);
  visit("inner", d.inner);
}

namespace {

using base::Error;
using base::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

Description read(std::string_view text) {
  Description result;
  const toml::table table = toml::parse(text);
  TomlReader reader(table, "");
  fields(result, reader);
  reader.finish();
  return result;
}

std::string write(Description description) {
  TomlWriter writer;
  fields(description, writer);
  return writer.text();
}

/// That reading `text` fails with a configuration error that tells all of `parts`.
void expect_refusal(std::string_view text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_THAT([&] { read(text); }, Throws<Error>(AllOf(Property(&Error::kind, ErrorKind::configuration),
                                                         Property(&Error::what, HasSubstr(part)))))
        << text;
  }
}

TEST(Toml, ReadsEveryKindOfValue) {
  const Description d = read(R"(
    name = "a \"b\""
    flag = true
    count = -3
    share = 1
    shape = [28, 28, 1]
    padding = 2
    layers = [{ kind = "dense", units = 3 }, { kind = "tanh" }]
    inner = { number = 1e-3, word = "normal_0.02" }
  )");
  EXPECT_EQ(d.name, "a \"b\"");
  EXPECT_TRUE(d.flag);
  EXPECT_EQ(d.count, -3);
  EXPECT_EQ(d.share, 1.0F);
  EXPECT_EQ(d.shape, (base::Shape{28, 28, 1}));
  EXPECT_EQ(d.padding, (Padding{.same = false, .each_side = 2}));
  EXPECT_EQ(d.layers, (std::vector<LayerSpec>{Dense{3}, Activation{ops::Function::tanh}}));
  EXPECT_EQ(d.inner, (Inner{1e-3, Initializer::normal_002}));
}

TEST(Toml, KeepsTheDefaultsOfAbsentKeys) {
  Description expected;
  expected.name = "x";
  EXPECT_EQ(read("name = \"x\""), expected);
}

TEST(Toml, ReplacesTheLayersThatADescriptionHad) {
  Description d;
  d.layers = {Dense{3}};
  const toml::table table = toml::parse("name = \"x\"\nlayers = [{ kind = \"flatten\" }]");
  TomlReader reader(table, "");
  fields(d, reader);
  EXPECT_EQ(d.layers, std::vector<LayerSpec>{Flatten{}});
}

TEST(Toml, ReadsBackWhatItWrites) {
  Description d{.name = "quotes \" and \\ and ä",
                .flag = true,
                .count = std::int64_t{1} << 53,
                .share = 0.1F,
                .shape = {3, 5},
                .padding = {.same = false, .each_side = 1},
                .inner = {.number = 1.0 / 3.0, .word = Initializer::pytorch_default},
                .layers = {}};
  EXPECT_EQ(read(write(d)), d);
  d.inner.number = 2e-4;
  d.padding = {};
  EXPECT_EQ(read(write(d)), d);
}

TEST(Toml, WritesNumbersAsShortAsTheyReadBack) {
  EXPECT_EQ(written(0.1F), "0.1");
  EXPECT_EQ(written(2e-4), "0.0002");
  EXPECT_EQ(written(1.0), "1.0");
  EXPECT_EQ(written(std::int64_t{7}), "7");
}

TEST(Toml, ReadsBackTheNetworksOfEveryExample) {
  std::vector<reference::NetworkExample> examples = reference::layer_cases();
  for (const auto& cases : {reference::network_cases(), reference::recipe_cases()}) {
    examples.insert(examples.end(), cases.begin(), cases.end());
  }
  for (const reference::NetworkExample& example : examples) {
    Description d;
    d.layers = example.net.layers;
    EXPECT_EQ(read(write(d)).layers, d.layers) << example.name;
  }
}

TEST(Toml, ReadsBackEveryKindOfLayerWithOtherThanItsDefaults) {
  Description d;
  d.layers = {Dense{.units = 7, .bias = false},
              Convolution{.channels = 3, .kernel = 5, .stride = 2, .padding = {false, 2}, .bias = false},
              Convolution{.transposed = true, .channels = 4, .kernel = 2, .stride = 3, .padding = {}},
              BatchNorm{.momentum = 0.8F, .epsilon = 1e-5F},
              Activation{ops::Function::leaky_relu, 0.01F},
              Activation{ops::Function::relu},
              Activation{ops::Function::tanh},
              Activation{ops::Function::sigmoid},
              Activation{ops::Function::leaky_hard_tanh, 0.1F},
              Dropout{0.4F},
              Reshape{{7, 7, 2}},
              Flatten{},
              JoinLabel{5},
              SelectLabel{5},
              Residual{.hidden = 9, .kernel = 5, .slope = 0.1F},
              Upsample{.factor = 3, .mode = Upsample::Mode::bilinear},
              AveragePool{.factor = 3}};
  EXPECT_EQ(d.layers.size(), layer_kinds().size());
  EXPECT_EQ(read(write(d)).layers, d.layers);
}

TEST(Toml, SuggestsTheKeyThatWasMeant) {
  expect_refusal("name = \"x\"\nflga = true", {"flga", "Did you mean \"flag\"?", "count"});
  expect_refusal("name = \"x\"\ninner = { nummer = 1 }", {"inner: ", "nummer", "Did you mean \"number\"?"});
  expect_refusal("name = \"x\"\nlayers = [{ kind = \"dense\", units = 1, slope = 2 }]",
                 {"layers 1", "slope", "Known are: "});
}

TEST(Toml, SuggestsTheWordThatWasMeant) {
  expect_refusal("name = \"x\"\ninner = { word = \"glorot_unifrom\" }",
                 {"inner.word", "Did you mean \"glorot_uniform\"?"});
  expect_refusal("name = \"x\"\nlayers = [{ kind = \"flatten\" }, { kind = \"convtranspose\" }]",
                 {"layers 2", "Did you mean \"conv_transpose\"?"});
}

TEST(Toml, RefusesMissingKeys) {
  expect_refusal("flag = true", {"no key \"name\"", "Add name = "});
  expect_refusal("name = \"x\"\nlayers = [{ kind = \"dense\" }]", {"layers 1", "no key \"units\""});
  expect_refusal("name = \"x\"\nlayers = [{ units = 3 }]", {"layers 1", "no key \"kind\""});
}

TEST(Toml, RefusesValuesOfAnotherType) {
  const std::string name = "name = \"x\"\n";
  expect_refusal("name = 3", {"name: found 3, expected a text in quotes"});
  expect_refusal(name + "flag = 1", {"flag: found 1, expected true or false"});
  expect_refusal(name + "count = 1.5", {"count: found 1.5, expected a whole number"});
  expect_refusal(name + "share = \"a\"", {"share: found", "expected a number"});
  expect_refusal(name + "shape = 3", {"shape: found 3, expected an array of sizes"});
  expect_refusal(name + "shape = []", {"shape: ", "expected an array of sizes"});
  expect_refusal(name + "shape = [1, \"a\"]", {"shape: ", "expected a whole number"});
  expect_refusal(name + "shape = [0]", {"positive sizes"});
  expect_refusal(name + "padding = \"valid\"", {"padding: ", "\"same\" or a number of pixels"});
  expect_refusal(name + "inner = 3", {"inner: found 3, expected a table"});
  expect_refusal(name + "inner = { word = 3 }", {"inner.word: found 3, expected a text in quotes"});
  expect_refusal(name + "layers = 3", {"layers: found 3, expected an array of layers"});
  expect_refusal(name + "layers = [3]", {"layers 1: found 3, expected a layer"});
}

}  // namespace
}  // namespace ganymede::net
