#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/number.h"
#include "base/threads/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/verbs/sample_options.h"
#include "draw/sampler.h"
#include "io/files/npy.h"
#include "io/pictures/gif.h"
#include "io/pictures/png.h"
#include "scores/image_source.h"

namespace ganymede::cli {

namespace {

constexpr std::int64_t most_images = 1'000'000;

bool wants_array(const SampleOptions& options) {
  const std::string extension = std::filesystem::path(options.out).extension().string();
  if (extension != ".png" && extension != ".npy") {
    throw base::Error(base::ErrorKind::usage, {.where = "--out",
                                               .found = fmt::format("\"{}\"", options.out),
                                               .expected = "a name that ends in .png or .npy",
                                               .advice = "Write for example --out digits.png"});
  }
  return extension == ".npy";
}

/// Writes images as an array and the requested labels beside it. For a generator without labels an old file
/// of labels is removed.
void write_array(const SampleOptions& options, const draw::Samples& samples, bool labelled) {
  const std::filesystem::path path = scores::labels_beside(options.out);
  if (labelled) {
    const base::Shape shape{static_cast<std::int64_t>(samples.labels.size())};
    if (std::ranges::max(samples.labels) <= std::numeric_limits<std::uint8_t>::max()) {
      io::write_npy(path, std::vector<std::uint8_t>(samples.labels.begin(), samples.labels.end()), shape);
    } else {
      io::write_npy(path, std::vector<std::uint16_t>(samples.labels.begin(), samples.labels.end()), shape);
    }
  } else {
    std::error_code none_there;
    std::filesystem::remove(path, none_there);
  }
  io::write_npy(options.out, samples.images.values, samples.images.shape);
}

/// Each cell of the grid has its own path through latent space.
SampleLayout write_animation(const SampleOptions& options, draw::Sampler& sampler) {
  constexpr int delay_centiseconds = 6;
  const bool classes = sampler.has_class_a_row();
  const SampleLayout layout = layout_of(options, classes ? 2 : 4, classes ? 5 : 4);
  draw::require_drawable(sampler.image_shape(), layout.count, layout.columns);
  io::write_gif(options.animate, sampler.animate(layout.count, layout.columns),
                {.delay_centiseconds = delay_centiseconds});
  return layout;
}

/// Images of single points, or of walks between points.
SampleLayout write_images(const SampleOptions& options, draw::Sampler& sampler) {
  const bool classes = sampler.has_class_a_row();
  const std::int64_t rows = classes ? sampler.classes() : 8;
  const SampleLayout layout = options.interpolate
                                  ? SampleLayout{rows * *options.interpolate, *options.interpolate}
                                  : layout_of(options, rows, classes ? 10 : rows);
  const bool array = wants_array(options);
  if (!array) {
    draw::require_drawable(sampler.image_shape(), layout.count, layout.columns);
  }
  const draw::Samples samples = options.interpolate ? sampler.walk(rows, *options.interpolate)
                                                    : sampler.draw(layout.count, layout.columns);
  if (array) {
    write_array(options, samples, sampler.takes_labels());
  } else {
    io::write_png(options.out, sampler.sheet(samples.images, layout.columns));
  }
  return layout;
}

int run_sample(const SampleOptions& options) {
  const bool animated = !options.animate.empty();
  const bool array = !animated && wants_array(options);
  const base::Team team(0);
  artifacts::SavedGenerator generator = artifacts::open_generator(options.source);
  draw::SampleSettings settings{.temperature = options.temperature, .label = label_of(options, generator)};
  if (options.seed) {
    settings.seed = static_cast<std::uint64_t>(*options.seed);
  }
  draw::Sampler sampler(std::move(generator), settings);
  const SampleLayout layout = animated ? write_animation(options, sampler) : write_images(options, sampler);
  const artifacts::GeneratorInfo& info = sampler.info();
  Console().say(fmt::format("{}: {} image{} from the generator of {} after epoch {}, seed {}{}",
                            animated ? options.animate : options.out, base::grouped(layout.count),
                            layout.count == 1 ? "" : "s", info.recipe.name, info.epoch, sampler.seed(),
                            array && sampler.takes_labels()
                                ? "; their labels are in " + scores::labels_beside(options.out).string()
                                : ""));
  return 0;
}

void add_flags(CLI::App& verb, SampleOptions& options) {
  constexpr std::int64_t most_steps = 100;
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  add("RUN", options.source, "RUN|FILE", "A run's directory, or a generator's file")->required();
  CLI::Option* count =
      add("--count", options.count, "N", "The number of images")->check(in_range(1, most_images));
  CLI::Option* grid = add("--grid", options.grid, "RxC", "The number of rows and columns: 8x12");
  add("--class", options.class_name, "CLASS", "Draw only this class, for a conditional generator");
  add("--seed", options.seed, "N", "The seed of the latent points (default: the run's)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add_temperature(verb, options.temperature);
  CLI::Option* walk = add("--interpolate", options.interpolate, "[N]",
                          "Interpolate between latent points, N images per row (default: 10)")
                          ->expected(0, 1)
                          ->check(in_range(2, most_steps));
  CLI::Option* gif = add("--animate", options.animate, "FILE.gif",
                         "Write an animation through latent space, instead of --out");
  add("--out", options.out, "FILE", "A picture, FILE.png, or an array, FILE.npy")->capture_default_str();
  count->excludes(grid);
  walk->excludes(count)->excludes(grid)->excludes(gif);
}

}  // namespace

void add_sample(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("sample", "Draw new images with a trained generator");
  const auto options = std::make_shared<SampleOptions>();
  add_flags(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  ganymede sample runs/latest\n"
      "  ganymede sample runs/latest --grid 4x16 --seed 7 --out digits.png\n"
      "  ganymede sample runs/latest --class 3 --count 1000 --out threes.npy\n"
      "  ganymede sample runs/latest --interpolate 12 --out walk.png\n"
      "  ganymede sample generator.safetensors --animate walk.gif\n"
      "An array is [count, height, width, channels] in the recipe's pixel range. A conditional\n"
      "generator's labels are in FILE.labels.npy, [count] of whole numbers; `ganymede eval` reads them.");
  verb->callback([&action, options, verb] {
    constexpr std::int64_t usual_steps = 10;
    if (verb->count("--interpolate") > 0 && !options->interpolate) {
      options->interpolate = usual_steps;
    }
    action = [options] { return run_sample(*options); };
  });
}

}  // namespace ganymede::cli
