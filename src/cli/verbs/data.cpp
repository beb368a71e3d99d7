#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/number.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/data_source.h"
#include "draw/sheet.h"
#include "io/pictures/png.h"

namespace ganymede::cli {

namespace {

struct DataOptions {
  std::string name = "mnist";
  std::string out;
};

std::vector<std::int64_t> count_labels(const data::Split& split, int classes) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
  for (const std::uint8_t label : split.labels) {
    ++counts[label];
  }
  return counts;
}

std::string describe_classes(const data::Dataset& dataset) {
  const auto train = count_labels(dataset.train, dataset.classes());
  const auto test = count_labels(dataset.test, dataset.classes());
  std::string text = fmt::format("\n{:<14}{:>10}{:>10}\n", "class", "training", "test");
  for (std::size_t label = 0; label < train.size(); ++label) {
    text += fmt::format("{:<14}{:>10}{:>10}\n", dataset.class_names[label], base::grouped(train[label]),
                        base::grouped(test[label]));
  }
  return text + fmt::format("{:<14}{:>10}{:>10}\n", "all",
                            base::grouped(static_cast<std::int64_t>(dataset.train.count())),
                            base::grouped(static_cast<std::int64_t>(dataset.test.count())));
}

std::string describe_pixels(const data::Split& split) {
  constexpr double white = 255.0;
  const auto [lowest, highest] = std::ranges::minmax(split.pixels);
  const double mean =
      static_cast<double>(std::accumulate(split.pixels.begin(), split.pixels.end(), std::int64_t{0})) /
      static_cast<double>(split.pixels.size());
  return fmt::format("\npixels from {} to {}, mean {:.2f} (a share of {:.4f})\n", lowest, highest, mean,
                     mean / white);
}

std::string describe_files(const data::Dataset& dataset) {
  std::string text = "\n";
  for (const data::DatasetFile& file : dataset.files) {
    text += fmt::format("{}\n  SHA-256 {}, {}\n", file.path.string(), file.sha256,
                        file.verified ? "the published file" : "not a published file");
  }
  return text;
}

/// The first images of each class, one class per row, or a few rows of the only class; missing images are
/// white.
io::Image draw_examples(const data::Dataset& dataset) {
  constexpr std::size_t columns = 12;
  constexpr std::size_t rows_of_one_class = 8;
  const std::size_t examples = dataset.classes() == 1 ? columns * rows_of_one_class : columns;
  const std::size_t pixels = dataset.train.image_size();
  draw::Images images{base::Shape{dataset.classes() * static_cast<std::int64_t>(examples), dataset.height,
                                  dataset.width, dataset.channels},
                      {}};
  images.values.assign(static_cast<std::size_t>(images.shape.elements()), 255.0F);
  std::vector<std::size_t> drawn(static_cast<std::size_t>(dataset.classes()));
  for (std::size_t n = 0; n < dataset.train.count(); ++n) {
    const std::size_t label = dataset.train.labels[n];
    if (drawn[label] < examples) {
      const std::size_t place = label * examples + drawn[label]++;
      std::ranges::copy(dataset.train.image(n),
                        images.values.begin() + static_cast<std::ptrdiff_t>(place * pixels));
    }
  }
  return draw::make_sheet(images, {.low = 0.0F, .high = 255.0F}, columns);
}

int run_data(const DataOptions& options) {
  const data::Dataset dataset = data::open_data(options.name, data::Splits::train_and_test);
  const std::string picture = options.out.empty() ? dataset.name + ".png" : options.out;
  io::write_png(picture, draw_examples(dataset));
  print(fmt::format("{}: images of {}x{} pixels with {} channel{}, {} class{}\n", dataset.name,
                    dataset.height, dataset.width, dataset.channels, dataset.channels == 1 ? "" : "s",
                    dataset.classes(), dataset.classes() == 1 ? "" : "es") +
        describe_classes(dataset) + describe_pixels(dataset.train) + describe_files(dataset));
  Console().say(fmt::format("\n{}: examples, one class in each row", picture));
  return 0;
}

}  // namespace

void add_data(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("data", "Describe a data set and draw examples");
  const auto options = std::make_shared<DataOptions>();
  verb->add_option("NAME", options->name, data::known_data())->type_name(data_type)->capture_default_str();
  verb->add_option("--out", options->out, "The image of examples (default: NAME.png)")->type_name("FILE");
  verb->footer(
      "Examples:\n"
      "  ganymede data\n"
      "  ganymede data fashion-mnist --out fashion.png\n"
      "  ganymede data stacked-mnist             three digits as red, green and blue\n"
      "  ganymede data path/to/idx/files");
  verb->callback([&action, options] { action = [options] { return run_data(*options); }; });
}

}  // namespace ganymede::cli
