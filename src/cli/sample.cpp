#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/format.h"
#include "cli/generator_file.h"
#include "cli/host.h"
#include "cli/image_source.h"
#include "cli/latent_path.h"
#include "cli/sample_options.h"
#include "cli/sheet.h"
#include "io/gif.h"
#include "io/npy.h"
#include "io/png.h"

namespace ganymede::cli {

namespace {

constexpr std::int64_t most_images = 1'000'000;

/// A generator that is ready to draw.
struct Artist {
  SavedGenerator generator;
  base::Team team{0};
  ops::Device device;
  std::uint64_t seed;
  std::optional<std::int64_t> label;
  train::ImageMaker maker;

  explicit Artist(const SampleOptions& options)
      : generator(open_generator(options.source)),
        seed(static_cast<std::uint64_t>(options.seed.value_or(generator.info.recipe.training.seed))),
        label(label_of(options, generator)),
        maker(generator.spec, generator.weights, device, base::DType::f32, batch) {
    double& temperature = generator.info.recipe.latent.temperature;
    temperature = options.temperature.value_or(temperature);
  }

  static constexpr std::int64_t batch = 100;
  /// Whether each row of a grid has a class of its own.
  bool class_a_row() const { return maker.takes_labels() && !label; }
  std::int64_t classes() const { return net::label_classes(generator.spec); }
  std::vector<float> latents(std::int64_t count) const {
    return train::sample_latents(generator.info.recipe, seed, count);
  }
  std::vector<std::int32_t> labels(std::int64_t count, std::int64_t columns) const {
    return train::sample_labels(count, columns, classes(), label);
  }
};

/// Throws Error(usage) if memory is short for `count` images in `copies`.
void require_memory(const Artist& artist, std::int64_t count, std::int64_t copies) {
  const double bytes =
      static_cast<double>(count) * static_cast<double>(copies) * static_cast<double>(sizeof(float)) *
      static_cast<double>(artist.maker.image_shape().elements() + artist.maker.latent_size());
  const auto available = static_cast<double>(available_memory());
  if (available > 0.0 && bytes > available) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = fmt::format("{} images", grouped(count)),
                       .found = fmt::format("a need of {} of memory", byte_count(bytes)),
                       .expected = fmt::format("at most the {} that are free", byte_count(available)),
                       .advice = "Ask for fewer images, with several seeds if need be"});
  }
}

void require_drawable(const Artist& artist, const SampleLayout& layout) {
  const std::int64_t rows = (layout.count + layout.columns - 1) / layout.columns;
  const base::Shape& image = artist.maker.image_shape();
  const std::int64_t height = rows * sheet_pitch(image[0]);
  const std::int64_t width = layout.columns * sheet_pitch(image[1]);
  if (std::max(height, width) > largest_sheet_side) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = fmt::format("{} images", grouped(layout.count)),
                       .found = fmt::format("a picture of {} by {} pixels", width, height),
                       .expected = fmt::format("at most {} either way", largest_sheet_side),
                       .advice = "Ask for fewer images, or for an array: --out FILE.npy"});
  }
}

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

/// Writes the labels of an array of images beside it. A generator that takes none leaves no other array's
/// there.
void write_labels(const SampleOptions& options, const Artist& artist, std::span<const std::int32_t> labels) {
  const std::filesystem::path path = labels_beside(options.out);
  if (artist.maker.takes_labels()) {
    const std::vector<std::uint8_t> bytes(labels.begin(), labels.end());
    io::write_npy(path, bytes, {static_cast<std::int64_t>(bytes.size())});
  } else {
    std::error_code none_there;
    std::filesystem::remove(path, none_there);
  }
}

void write_images(const SampleOptions& options, Artist& artist, const SampleLayout& layout,
                  std::span<const float> latents) {
  const bool array = wants_array(options);
  const std::vector<std::int32_t> labels = artist.labels(layout.count, layout.columns);
  const Images images = make_images(artist.maker, latents, labels);
  if (array) {
    write_labels(options, artist, labels);
    io::write_npy(options.out, images.values, images.shape);
  } else {
    io::write_png(options.out, make_sheet(images, artist.generator.info.recipe.pixel_range, layout.columns));
  }
}

void check_size(const SampleOptions& options, const Artist& artist, const SampleLayout& layout) {
  constexpr std::int64_t copies = 2;  // the images and the file
  require_memory(artist, layout.count, copies);
  if (!wants_array(options)) {
    require_drawable(artist, layout);
  }
}

SampleLayout draw_points(const SampleOptions& options, Artist& artist) {
  const std::int64_t rows = artist.class_a_row() ? artist.classes() : 8;
  const SampleLayout layout = layout_of(options, rows, artist.class_a_row() ? 10 : rows);
  check_size(options, artist, layout);
  write_images(options, artist, layout, artist.latents(layout.count));
  return layout;
}

/// Each row walks from one latent point to another.
SampleLayout draw_walks(const SampleOptions& options, Artist& artist) {
  const std::int64_t steps = *options.interpolate;
  const std::int64_t rows = artist.class_a_row() ? artist.classes() : 8;
  const SampleLayout layout{rows * steps, steps};
  check_size(options, artist, layout);
  const auto size = static_cast<std::size_t>(artist.maker.latent_size());
  const std::vector<float> ends = artist.latents(2 * rows);  // [rows, from and to, latent]
  std::vector<float> points(static_cast<std::size_t>(layout.count) * size);
  for (std::int64_t n = 0; n < layout.count; ++n) {
    const std::span from = std::span(ends).subspan(static_cast<std::size_t>(n / steps) * 2 * size, size);
    const std::span to = std::span(ends).subspan(static_cast<std::size_t>(n / steps) * 2 * size + size, size);
    interpolate(artist.generator.info.recipe.latent.distribution, from, to,
                static_cast<float>(n % steps) / static_cast<float>(std::max<std::int64_t>(steps - 1, 1)),
                std::span(points).subspan(static_cast<std::size_t>(n) * size, size));
  }
  write_images(options, artist, layout, points);
  return layout;
}

/// Each place of the grid goes through latent points of its own and back to the first.
SampleLayout animate(const SampleOptions& options, Artist& artist) {
  constexpr std::int64_t stations = 6;
  constexpr std::int64_t steps = 15;  // from one to the next
  constexpr int delay_centiseconds = 6;
  const SampleLayout layout = layout_of(options, artist.class_a_row() ? 2 : 4, artist.class_a_row() ? 5 : 4);
  require_memory(artist, layout.count, stations * steps);
  require_drawable(artist, layout);
  const auto size = static_cast<std::size_t>(artist.maker.latent_size());
  const std::vector<float> points = artist.latents(stations * layout.count);  // [stations, places, latent]
  const std::vector<std::int32_t> labels = artist.labels(layout.count, 1);    // a class a place
  const auto point = [&](std::int64_t station, std::int64_t place) {
    return std::span(points).subspan(static_cast<std::size_t>(station * layout.count + place) * size, size);
  };
  std::vector<io::Image> frames;
  std::vector<float> latents(static_cast<std::size_t>(layout.count) * size);
  for (std::int64_t frame = 0; frame < stations * steps; ++frame) {
    const std::int64_t station = frame / steps;
    for (std::int64_t place = 0; place < layout.count; ++place) {
      interpolate(artist.generator.info.recipe.latent.distribution, point(station, place),
                  point((station + 1) % stations, place),
                  static_cast<float>(frame % steps) / static_cast<float>(steps),
                  std::span(latents).subspan(static_cast<std::size_t>(place) * size, size));
    }
    frames.push_back(make_sheet(make_images(artist.maker, latents, labels),
                                artist.generator.info.recipe.pixel_range, layout.columns));
  }
  io::write_gif(options.animate, frames, {.delay_centiseconds = delay_centiseconds});
  return layout;
}

int run_sample(const SampleOptions& options) {
  if (options.animate.empty()) {
    wants_array(options);
  }
  Artist artist(options);
  const SampleLayout layout = !options.animate.empty() ? animate(options, artist)
                              : options.interpolate    ? draw_walks(options, artist)
                                                       : draw_points(options, artist);
  const bool labels_too = options.animate.empty() && wants_array(options) && artist.maker.takes_labels();
  Console().say(fmt::format(
      "{}: {} image{} from the generator of {} after epoch {}, seed {}{}",
      options.animate.empty() ? options.out : options.animate, grouped(layout.count),
      layout.count == 1 ? "" : "s", artist.generator.info.recipe.name, artist.generator.info.epoch,
      artist.seed, labels_too ? "; their labels are in " + labels_beside(options.out).string() : ""));
  return 0;
}

void add_flags(CLI::App& verb, SampleOptions& options) {
  constexpr std::int64_t most_steps = 100;
  const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
    return verb.add_option(name, value, description)->type_name(type);
  };
  add("RUN", options.source, "RUN|FILE", "A run's directory, or a generator's file")->required();
  CLI::Option* count = add("--count", options.count, "N", "How many images")->check(in_range(1, most_images));
  CLI::Option* grid = add("--grid", options.grid, "RxC", "How many rows and columns: 8x12");
  add("--class", options.class_name, "CLASS", "Draw only this class, for a conditional generator");
  add("--seed", options.seed, "N", "Of the latent points (default: the run's)")
      ->check(in_range(0, std::numeric_limits<std::int64_t>::max()));
  add_temperature(verb, options.temperature);
  CLI::Option* walk = add("--interpolate", options.interpolate, "[N]",
                          "Walk between latent points, N steps a row (default: 10)")
                          ->expected(0, 1)
                          ->check(in_range(2, most_steps));
  CLI::Option* gif =
      add("--animate", options.animate, "FILE.gif", "Write a loop through latent points, in place of --out");
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
      "An array is [count, height, width, channels] in the recipe's pixel range; the labels that a "
      "conditional\n"
      "generator drew it for are in FILE.labels.npy, [count] of bytes, where `ganymede eval` finds them.");
  verb->callback([&action, options, verb] {
    constexpr std::int64_t usual_steps = 10;
    if (verb->count("--interpolate") > 0 && !options->interpolate) {
      options->interpolate = usual_steps;
    }
    action = [options] { return run_sample(*options); };
  });
}

}  // namespace ganymede::cli
