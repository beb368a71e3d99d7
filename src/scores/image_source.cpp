#include "scores/image_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/number.h"
#include "base/refusal.h"
#include "codecs/npy.h"
#include "io/files/file.h"
#include "io/files/npy.h"
#include "io/pictures/grid.h"
#include "io/pictures/png.h"

namespace ganymede::scores {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};

std::vector<fs::path> pictures_in(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), last; !error && entry != last;
       entry.increment(error)) {
    if (entry->path().extension() == ".png") {
      found.push_back(entry->path());
    }
  }
  if (error || found.empty()) {
    throw base::Error(
        base::ErrorKind::file,
        {.where = directory.string(),
         .found = error ? fmt::format("\"{}\"", error.message()) : "neither a run nor PNG files in it",
         .expected = "a run, a generator.safetensors, an .npy array or a directory of PNG files",
         .advice = "Name one that `ganymede train` made, for example runs/latest"});
  }
  std::ranges::sort(found);
  return found;
}

ImageSet read_pictures(const fs::path& directory, const data::Dataset& dataset, std::int64_t count) {
  ImageSet set;
  std::vector<fs::path> files = pictures_in(directory);
  files.resize(std::min(files.size(), static_cast<std::size_t>(count)));
  for (const fs::path& file : files) {
    const io::Image image = io::read_png(file);
    require_size(file, {image.height, image.width, image.channels}, dataset);
    set.pixels.insert(set.pixels.end(), image.pixels.begin(), image.pixels.end());
  }
  set.description = fmt::format("{} PNG files in {}", base::grouped(static_cast<std::int64_t>(files.size())),
                                directory.string());
  return set;
}

/// The shape of an image of an array [count, height, width] or [count, height, width, channels].
base::Shape image_in(const base::Shape& array, const fs::path& path) {
  if (array.rank() != 3 && array.rank() != 4) {
    refuse(path, "an array of shape " + array.to_string(),
           "[count, height, width] or [count, height, width, channels]",
           "Reshape it, for example with numpy");
  }
  return {array[1], array[2], array.rank() == 4 ? array[3] : 1};
}

/// The labels that lie beside an array of `count` images; none where there is no such file.
std::vector<std::uint16_t> read_labels(const fs::path& array, const data::Dataset& dataset,
                                       std::int64_t count) {
  const fs::path path = labels_beside(array);
  std::error_code ignored;
  if (dataset.classes() == 0 || !fs::exists(path, ignored)) {
    return {};
  }
  constexpr std::size_t largest_file = std::size_t{1} << 30;
  const std::vector<std::byte> file = io::read_file(path, largest_file);
  const codecs::NpyView view = codecs::parse_npy(file, path.string());
  const auto refuse_labels = [&] {
    refuse(path, fmt::format("values of type {} and shape {}", view.type, view.shape.to_string()),
           fmt::format("{} whole numbers, the labels of {}, each below {}", count, array.string(),
                       dataset.classes()),
           "Write both anew with `ganymede sample`, or move this file away");
  };
  if (view.kind != codecs::NpyKind::unsigned_integer || view.shape != base::Shape{count}) {
    refuse_labels();
  }
  std::vector<std::uint16_t> labels(view.count());
  for (std::size_t n = 0; n < labels.size(); ++n) {
    if (view.number(n) >= dataset.classes()) {
      refuse_labels();
    }
    labels[n] = static_cast<std::uint16_t>(view.number(n));
  }
  return labels;
}

ImageSet read_array(const fs::path& path, const data::Dataset& dataset, std::int64_t count) {
  const io::NpyArray array = io::read_npy(path);
  const base::Shape image = image_in(array.shape, path);
  require_size(path, image, dataset);
  const std::int64_t taken = std::min(count, array.shape[0]);
  const std::span values = std::span(array.values).first(static_cast<std::size_t>(taken * image.elements()));
  const float low =
      !array.bytes && std::ranges::any_of(values, [](float v) { return v < 0.0F; }) ? -1.0F : 0.0F;
  const float high = array.bytes ? 255.0F : 1.0F;
  ImageSet set{.description = fmt::format("{} images of {}, pixels from {} to {}", base::grouped(taken),
                                          path.string(), low, high),
               .pixels = {},
               .labels = read_labels(path, dataset, array.shape[0])};
  set.labels.resize(std::min(set.labels.size(), static_cast<std::size_t>(taken)));
  std::ranges::transform(values, std::back_inserter(set.pixels),
                         [&](float value) { return io::to_byte(value, low, high); });
  return set;
}

/// `count` labels for a generator of so many classes; empty if it takes none.
std::vector<std::int32_t> labels_for(std::int64_t classes, const data::Split& real, std::int64_t count,
                                     std::uint64_t seed) {
  if (classes == 0) {
    return std::vector<std::int32_t>(static_cast<std::size_t>(count));
  }
  if (real.labels.empty() || *std::ranges::max_element(real.labels) >= classes) {
    refuse("the real images", real.labels.empty() ? "no labels" : "more classes",
           fmt::format("the {} classes that the generator takes", classes),
           "Name its training data with --data");
  }
  return train::labels_in_shares_of(real.labels, seed, count);
}

}  // namespace

fs::path labels_beside(fs::path array) {
  return array.replace_extension(".labels.npy");
}

void require_size(const fs::path& path, const base::Shape& image, const data::Dataset& dataset) {
  const base::Shape expected = dataset.image_shape();
  if (image != expected) {
    refuse(path, "images of shape " + image.to_string(),
           fmt::format("{}, as those of {}", expected.to_string(), dataset.name),
           "Use a file per image, not a sheet; --data names other data");
  }
}

ImageSource open_image_source(const fs::path& path) {
  std::error_code ignored;
  const bool run = fs::exists(path / "config.toml", ignored);
  const bool images = !run && (fs::is_directory(path, ignored) || path.extension() == ".npy");
  return {path, images ? std::nullopt : std::optional(artifacts::open_generator(path))};
}

ImageSet make_image_set(train::ImageMaker& maker, const train::Recipe& recipe, const data::Split& real,
                        std::int64_t count, std::uint64_t seed) {
  constexpr std::int64_t images_at_once = 200;
  const std::int64_t pixels = maker.image_shape().elements();
  const std::vector<float> latents = train::sample_latents(recipe, seed, count);
  const std::vector<std::int32_t> labels = labels_for(maker.label_classes(), real, count, seed);
  ImageSet set;
  set.pixels.reserve(static_cast<std::size_t>(count * pixels));
  std::vector<float> images(static_cast<std::size_t>(images_at_once * pixels));
  for (std::int64_t first = 0; first < count; first += images_at_once) {
    const std::int64_t part = std::min(images_at_once, count - first);
    maker.make(std::span(latents).subspan(first * maker.latent_size(), part * maker.latent_size()),
               std::span(labels).subspan(first, part), images);
    std::transform(
        images.begin(), images.begin() + part * pixels, std::back_inserter(set.pixels),
        [&](float value) { return io::to_byte(value, recipe.pixel_range.low, recipe.pixel_range.high); });
  }
  if (maker.takes_labels()) {
    set.labels.assign(labels.begin(), labels.end());
  }
  return set;
}

ImageSet make_image_set(const net::NetSpec& spec, net::Weights& weights, const train::Recipe& recipe,
                        const data::Split& real, std::int64_t count, std::uint64_t seed,
                        const ops::Device& device) {
  train::ImageMaker maker(spec, weights, device, base::DType::f32);
  return make_image_set(maker, recipe, real, count, seed);
}

ImageSet read_image_set(const fs::path& path, const data::Dataset& dataset, std::int64_t count) {
  return path.extension() == ".npy" ? read_array(path, dataset, count) : read_pictures(path, dataset, count);
}

}  // namespace ganymede::scores
