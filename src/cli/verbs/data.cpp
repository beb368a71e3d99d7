#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "base/threads/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/contents.h"
#include "data/data_source.h"
#include "data/formats/numpy_arrays.h"
#include "draw/sheet.h"
#include "io/files/file.h"
#include "io/pictures/png.h"
#include "train/recipe/embedded_recipes.h"
#include "train/recipe/recipe.h"

namespace ganymede::cli {

namespace {

struct DataOptions {
  std::string name = "mnist";
  PreparationFlags images;
  std::string out;
};

std::string describe_classes(const data::Dataset& dataset) {
  constexpr std::size_t shown = 40;
  const auto row = [](std::string_view name, std::int64_t train, std::int64_t test) {
    return fmt::format("{:<14}{:>10}{:>10}\n", name, base::grouped(train), base::grouped(test));
  };
  std::string text = fmt::format("\n{:<14}{:>10}{:>10}\n", "class", "training", "test");
  const auto train = data::count_labels(dataset.train, dataset.classes());
  const auto test = data::count_labels(dataset.test, dataset.classes());
  const std::size_t classes = dataset.class_names.size();
  for (std::size_t label = 0; label < std::min(classes, shown); ++label) {
    text += row(dataset.class_names[label], train[label], test[label]);
  }
  if (classes > shown) {
    text += fmt::format("and {} more\n", classes - shown);
  }
  return text + row(classes == 0 ? "no labels" : "all", static_cast<std::int64_t>(dataset.train.count()),
                    static_cast<std::int64_t>(dataset.test.count()));
}

std::string describe_images(const data::Dataset& dataset) {
  constexpr double white = 255.0;
  const data::PixelFacts pixels = data::describe_pixels(dataset.train);
  const data::Repetitions repeated = data::count_repetitions(dataset);
  return fmt::format(
      "\npixels from {} to {}, mean {:.2f} (a share of {:.4f})\n"
      "{} of the test images are training images too; {} training images are there twice\n",
      pixels.lowest, pixels.highest, pixels.mean, pixels.mean / white, base::grouped(repeated.in_both),
      base::grouped(repeated.in_train));
}

std::string describe_notes(const data::Dataset& dataset) {
  std::string text = dataset.notes.empty() ? "" : "\n";
  for (const std::string& note : dataset.notes) {
    text += note + "\n";
  }
  return text;
}

/// The recipes that ship whose networks fit the images and labels.
std::vector<std::string> fitting_recipes(const data::Dataset& dataset) {
  const train::DataShape shape = train::shape_of(dataset);
  std::vector<std::string> names;
  for (const train::EmbeddedRecipe& embedded : train::embedded_recipes()) {
    try {
      train::check_networks(train::parse_recipe(embedded.text, std::string(embedded.name), {}, shape),
                            shape.image, shape.classes);
      names.emplace_back(embedded.name);
    } catch (const base::Error&) {
      // It fits others.
    }
  }
  return names;
}

std::string describe_recipes(const data::Dataset& dataset) {
  const std::vector<std::string> names = fitting_recipes(dataset);
  return names.empty() ? fmt::format("\nNo recipe that ships makes images of {}x{}x{}\n", dataset.height,
                                     dataset.width, dataset.channels)
                       : fmt::format("\nRecipes that can learn from it: {}\n", fmt::join(names, ", "));
}

std::string describe_files(const data::Dataset& dataset) {
  std::string text = "\n";
  for (const data::DatasetFile& file : dataset.files) {
    text += fmt::format("{}\n  SHA-256 {}{}\n", file.path.string(), file.sha256,
                        file.verified ? ", the published file" : "");
  }
  return text;
}

/// The first images of each class, one class per row, or a few rows of the only class; missing images are
/// white.
io::Image draw_examples(const data::Dataset& dataset) {
  constexpr std::size_t columns = 12;
  constexpr std::size_t rows_of_one_class = 8;
  constexpr int most_rows = 40;
  const int classes = std::clamp(dataset.classes(), 1, most_rows);
  const std::size_t examples = classes == 1 ? columns * rows_of_one_class : columns;
  const std::size_t pixels = dataset.train.image_size();
  draw::Images images{dataset.image_shape().with_leading(classes * static_cast<std::int64_t>(examples)), {}};
  images.values.assign(static_cast<std::size_t>(images.shape.elements()), 255.0F);
  std::vector<std::size_t> drawn(static_cast<std::size_t>(classes));
  for (std::size_t n = 0; n < dataset.train.count(); ++n) {
    const std::size_t label = dataset.train.labels[n];
    if (label < drawn.size() && drawn[label] < examples) {
      const std::size_t place = label * examples + drawn[label]++;
      std::ranges::copy(dataset.train.image(n),
                        images.values.begin() + static_cast<std::ptrdiff_t>(place * pixels));
    }
  }
  return draw::make_sheet(images, {.low = 0.0F, .high = 255.0F}, columns);
}

int run_data(const DataOptions& options) {
  const base::Team team(0);
  const data::Dataset dataset =
      data::open_data(options.name, data::Splits::train_and_test, preparation_of(options.images));
  const std::string picture = options.out.empty() ? dataset.name + ".png" : options.out;
  io::write_png(picture, draw_examples(dataset));
  const std::string labels = dataset.classes() == 0 ? "without labels"
                                                    : fmt::format("{} class{}", dataset.classes(),
                                                                  dataset.classes() == 1 ? "" : "es");
  print(fmt::format("{}: images of {}x{} pixels with {} channel{}, {}\n", dataset.name, dataset.height,
                    dataset.width, dataset.channels, dataset.channels == 1 ? "" : "s", labels) +
        describe_classes(dataset) + describe_images(dataset) + describe_notes(dataset) +
        describe_recipes(dataset) + describe_files(dataset));
  Console().say(
      fmt::format("\n{}: examples{}", picture, dataset.classes() > 1 ? ", one class in each row" : ""));
  return 0;
}

int run_import(const DataOptions& options) {
  const base::Team team(0);
  const data::Dataset dataset =
      data::open_data(options.name, data::Splits::train_and_test, preparation_of(options.images));
  const std::string out = options.out.empty() ? dataset.name + ".npz" : options.out;
  const std::vector<std::byte> file = data::to_npz(dataset);
  io::write_file(out, file);
  Console console;
  for (const std::string& note : dataset.notes) {
    console.say(note);
  }
  console.say(fmt::format("{}: {} images to train on and {} to test with, {}x{}x{}, {}. To train on them: {}",
                          out, base::grouped(static_cast<std::int64_t>(dataset.train.count())),
                          base::grouped(static_cast<std::int64_t>(dataset.test.count())), dataset.height,
                          dataset.width, dataset.channels, base::byte_count(static_cast<double>(file.size())),
                          base::own_command({"train", "--data", out})));
  return 0;
}

}  // namespace

void add_data(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("data", "Describe a data set and draw examples");
  const auto options = std::make_shared<DataOptions>();
  verb->add_option("NAME", options->name, data::known_data())->type_name(data_type)->capture_default_str();
  add_preparation(*verb, options->images);
  verb->add_option("--out", options->out, "The image of examples (default: NAME.png)")->type_name("FILE");
  verb->footer(
      "Examples:\n"
      "  ganymede data\n"
      "  ganymede data fashion-mnist --out fashion.png\n"
      "  ganymede data stacked-mnist             three digits as red, green and blue\n"
      "  ganymede data path/to/pictures          a folder, whose sub-folders are classes\n"
      "  ganymede data photos --size 32 --fit crop\n"
      "  ganymede data import photos --size 32 --fit crop --out photos.npz");
  verb->callback([&action, verb, options] {
    if (verb->get_subcommands().empty()) {
      action = [options] { return run_data(*options); };
    }
  });
  CLI::App* import = verb->add_subcommand("import", "Write a data set, made ready, as one .npz file");
  const auto imported = std::make_shared<DataOptions>();
  import->add_option("PATH", imported->name, data::known_data())->type_name(data_type)->required();
  add_preparation(*import, imported->images);
  import->add_option("--out", imported->out, "The file (default: NAME.npz)")->type_name("FILE");
  import->callback([&action, imported] { action = [imported] { return run_import(*imported);
};
}  // namespace ganymede::cli
);
}

}  // namespace ganymede::cli
