#include "fuzz/targets.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/checkpoint.h"
#include "artifacts/classifier_file.h"
#include "artifacts/exports/model_card.h"
#include "artifacts/generator_file.h"
#include "base/error.h"
#include "codecs/picture.h"
#include "data/formats/cifar.h"
#include "data/formats/numpy_arrays.h"
#include "data/formats/parts/idx.h"
#include "data/gzip.h"
#include "data/preparation.h"
#include "fuzz/input.h"
#include "fuzz/live_site.h"
#include "io/files/npy.h"
#include "io/files/safetensors.h"
#include "io/temporary_directory.h"
#include "queue/queue_file.h"
#include "runs/metrics_file.h"
#include "runs/run_lock.h"
#include "runs/run_meta.h"
#include "serve/http/target.h"
#include "serve/live/metrics_tail.h"
#include "sweep/expansion.h"
#include "train/recipe/embedded_recipes.h"
#include "train/recipe/recipe.h"

namespace ganymede::fuzz {

namespace {

namespace fs = std::filesystem;

void read_idx(Input input) {
  const data::IdxArray array = data::parse_idx({input.begin(), input.end()}, "input");
  std::size_t elements = 1;
  for (const std::int64_t size : array.shape) {
    elements *= static_cast<std::size_t>(size);
  }
  require(elements == array.values.size());
}

void read_picture(Input input) {
  const codecs::Image image = codecs::decode_picture(bytes_of(input), "input");
  require(image.pixels.size() == static_cast<std::size_t>(image.height) *
                                     static_cast<std::size_t>(image.width) *
                                     static_cast<std::size_t>(image.channels));
  const codecs::ImageHeader header = codecs::measure_picture(bytes_of(input), "input");
  require(header == codecs::ImageHeader{image.height, image.width, image.channels});
  const data::Preparation small{.size = 4, .fit = data::Fit::pad};
  require(data::fit_image(image, small).pixels.size() == 16 * static_cast<std::size_t>(image.channels));
}

void require_sound(const data::Dataset& dataset) {
  for (const data::Split* split : {&dataset.train, &dataset.test}) {
    require(split->pixels.size() == split->count() * static_cast<std::size_t>(dataset.height) *
                                        static_cast<std::size_t>(dataset.width) *
                                        static_cast<std::size_t>(dataset.channels));
    for (const std::uint16_t label : split->labels) {
      require(dataset.classes() == 0 ? label == 0 : label < dataset.classes());
    }
  }
}

void read_npz(Input input) {
  require_sound(
      data::read_npz({input.begin(), input.end()}, "input.npz", data::Splits::train_and_test).dataset);
}

/// A directory of the .npy files that the input is, one behind the other: what lies in an archive has a
/// checksum, so that no change to it would get as far as the readers of its arrays.
void read_arrays(Input input) {
  static const test::TemporaryDirectory directory;
  constexpr std::array names = {"x_train.npy", "y_train.npy", "class_names.npy", "x_test.npy", "y_test.npy"};
  constexpr std::string_view magic = "\x93NUMPY";
  const std::string text = text_of(input);
  std::size_t begin = 0;
  for (const char* name : names) {
    const std::size_t end = std::min(text.find(magic, begin + 1), text.size());
    if (begin < end) {
      std::ofstream(directory / name, std::ios::binary) << std::string_view(text).substr(begin, end - begin);
    } else {
      fs::remove(directory / name);
    }
    begin = end;
  }
  require_sound(data::read_numpy_arrays(directory.path(), {}, data::Splits::train_and_test).dataset);
}

/// A directory with the input as its only batch.
void read_cifar(Input input) {
  static const test::TemporaryDirectory directory;
  std::ofstream(directory / "data_batch_1.bin", std::ios::binary) << text_of(input);
  require_sound(data::read_cifar(directory.path(), {}, data::Splits::train_and_test).dataset);
}

void read_gzip(Input input) {
  constexpr std::size_t most = 1 << 20;
  require(data::gunzip(input, most, "input").size() <= most);
}

void read_checked(const train::Recipe& recipe) {
  const train::Recipe again = train::parse_recipe(train::to_toml(recipe), "again");
  require(train::to_toml(again) == train::to_toml(recipe));
  train::check_networks(recipe, {28, 28, 1}, 10);
}

void read_recipe(Input input) {
  read_checked(train::parse_recipe(text_of(input), "input"));
}

/// Each line is the text of a --set.
void read_override(Input input) {
  std::vector<std::string> overrides = {""};
  for (const char letter : text_of(input)) {
    if (letter == '\n') {
      overrides.emplace_back();
    } else {
      overrides.back() += letter;
    }
  }
  for (const train::EmbeddedRecipe& recipe : train::embedded_recipes()) {
    if (recipe.name == "dense-small") {
      read_checked(train::parse_recipe(recipe.text, "dense-small", overrides));
    }
  }
}

void read_sweep(Input input) {
  const sweep::Expansion expansion = sweep::expand(sweep::parse_description(text_of(input), "input"));
  std::set<std::string> names;
  for (const sweep::Run& run : expansion.runs) {
    require(names.insert(run.name).second && !run.name.starts_with('.') &&
            run.name.find('/') == std::string::npos && run.name.size() < 128);
  }
}

void read_safetensors(Input input) {
  const io::SafetensorsFile file = io::SafetensorsFile::parse(bytes_of(input), "input");
  double sum = 0.0;
  for (const io::Tensor& tensor : file.tensors()) {
    require(static_cast<std::int64_t>(tensor.values.size()) == tensor.shape.elements());
    for (const float value : tensor.values) {
      sum += static_cast<double>(value);
    }
  }
  require(sum == sum || !file.tensors().empty());
}

void read_checkpoint(Input input) {
  const InputFile file(with_digest(input));
  const artifacts::Checkpoint checkpoint(file.path());
  checkpoint.weights(train::generator_spec(checkpoint.info().recipe));
}

void read_generator(Input input) {
  const InputFile file(with_digest(input));
  artifacts::open_generator(file.path());
}

void read_classifier(Input input) {
  static const ops::Device device;
  static const std::shared_ptr<const data::Dataset> dataset = small_dataset();
  const InputFile file(with_digest(input));
  artifacts::open_classifier(file.path(), *dataset, device);
}

void read_npy(Input input) {
  const io::NpyArray array = io::parse_npy(bytes_of(input), "input");
  require(static_cast<std::int64_t>(array.values.size()) == array.shape.elements());
}

/// What a killed process has left, and then what the living one, which is this, has written.
void read_run_lock(Input input) {
  const runs::RunDirectory run(runs().run());
  runs().write(".lock", input);
  const runs::RunLock lock(run);
  runs().write(".lock", input);
  try {
    const runs::RunLock second(run);
    require(false);
  } catch (const base::Error& error) {
    const std::string_view message = error.what();
    require(message.find("(unknown)") != message.npos || message.find(text_of(input)) != message.npos);
  }
}

void read_meta(Input input) {
  static LiveSite live({});
  runs().write("meta.json", input);
  expect_answer(live.site,
                {.method = "GET", .target = "/api/runs/one", .headers = {{"host", "localhost"}}, .body = {}});
  runs::add_resumption(runs::RunDirectory(runs().run()), 7);
}

/// What is read is written, and then read as the same.
void read_queue(Input input) {
  static const test::TemporaryDirectory directory;
  std::ofstream(directory / "queue.json", std::ios::binary) << text_of(input);
  bool kept = true;
  queue::QueueFile file(directory.path(), [&](std::string_view) { kept = false; });
  const std::vector<queue::Order> orders = file.read();
  require(kept || orders.empty());
  fs::remove(directory / "queue.json.damaged");
  file.write(orders);
  const std::vector<queue::Order> again = file.read();
  require(std::ranges::equal(orders, again, [](const queue::Order& one, const queue::Order& other) {
    return queue::as_json(one) == queue::as_json(other);
  }));
}

void read_card(Input input) {
  const artifacts::CardFacts facts = artifacts::parse_card(text_of(input), "input");
  require(facts.expected.label >= 0 && facts.expected.index.size() == facts.expected.output.size());
  static serve::TrainedNetworks networks = small_networks();
  require(
      !(artifacts::difference(networks.generator.spec, networks.generator.weights, facts.expected) < 0.0F));
}

void read_metrics(Input input) {
  const InputFile file(input);
  serve::MetricsPlace place;
  for (serve::MetricsChunk chunk = serve::read_metrics(file.path(), place); chunk.place != place;
       chunk = serve::read_metrics(file.path(), place)) {
    place = chunk.place;
  }
  runs::newest_metrics(file.path());
  runs::lowest_metric(file.path(), "fid");
}

void read_target(Input input) {
  static LiveSite live({});
  static const PausedTraining training(*live.control);
  const serve::Request request = {
      .method = "GET", .target = text_of(input), .headers = {{"host", "localhost"}}, .body = {}};
  expect_answer(live.site, request);
}

/// The first line is the target, the second the headers' values, the rest the body.
void read_body(Input input) {
  static LiveSite live({});
  static LiveSite open_to_others({.token = "0123456789abcdef0123456789abcdef"});
  const std::string text = text_of(input);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::size_t body = std::min(text.find('\n', std::min(line + 1, text.size())), text.size());
  const std::string value = text.substr(std::min(line + 1, text.size()), body - std::min(line + 1, body));
  serve::Request request = {.method = "POST",
                            .target = text.substr(0, line),
                            .headers = {{"host", "localhost"}, {"content-type", "application/json"}},
                            .body = text.substr(std::min(body + 1, text.size()))};
  expect_answer(live.site, request);
  for (const char* header : {"host", "origin", "cookie", "authorization", "range", "last-event-id"}) {
    request.headers[header] = value;
  }
  expect_answer(live.site, request);
  require(open_to_others.site.answer(request).status == 401 || value.find("0123456789abcdef") != value.npos);
}

constexpr std::array all_targets = {Target{"idx", read_idx},
                                    Target{"gzip", read_gzip},
                                    Target{"picture", read_picture},
                                    Target{"npz", read_npz},
                                    Target{"arrays", read_arrays},
                                    Target{"cifar", read_cifar},
                                    Target{"recipe", read_recipe},
                                    Target{"set", read_override},
                                    Target{"sweep", read_sweep},
                                    Target{"safetensors", read_safetensors},
                                    Target{"checkpoint", read_checkpoint},
                                    Target{"generator", read_generator},
                                    Target{"classifier", read_classifier},
                                    Target{"npy", read_npy},
                                    Target{"lock", read_run_lock},
                                    Target{"meta", read_meta},
                                    Target{"queue", read_queue},
                                    Target{"card", read_card},
                                    Target{"metrics", read_metrics},
                                    Target{"target", read_target},
                                    Target{"body", read_body}};

}  // namespace

std::span<const Target> targets() {
  return all_targets;
}

}  // namespace ganymede::fuzz
