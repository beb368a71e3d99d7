#include "draw/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "draw/latent_path.h"

namespace ganymede::draw {

namespace {

void require_label(std::int64_t label, std::int64_t classes) {
  if (label < 0 || label >= classes) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "label",
                       .found = std::to_string(label),
                       .expected = classes == 0 ? "none, since the generator takes no labels"
                                                : fmt::format("a number from 0 to {}", classes - 1),
                       .advice = "Leave it out, or use a conditional generator"});
  }
}

/// Throws Error(usage) unless the sizes fit each other.
void require_fitting(std::size_t latents, std::size_t latent_size, std::size_t labels, bool takes_labels) {
  if (latents == 0 || latents % latent_size != 0) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "latent points",
                       .found = fmt::format("{} numbers", latents),
                       .expected = fmt::format("{} of each point, and one point at least", latent_size),
                       .advice = "Give an array of shape [count, latent size]"});
  }
  if (takes_labels && labels != latents / latent_size) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "labels",
                       .found = fmt::format("{} labels", labels),
                       .expected = fmt::format("{}, one for each latent point", latents / latent_size),
                       .advice = "Give a label for each image"});
  }
}

}  // namespace

Sampler::Sampler(artifacts::SavedGenerator generator, const SampleSettings& settings)
    : generator_(std::move(generator)),
      seed_(settings.seed.value_or(static_cast<std::uint64_t>(generator_.info.recipe.training.seed))),
      label_(settings.label),
      maker_(generator_.spec, generator_.weights, device_, base::DType::f32) {
  double& temperature = generator_.info.recipe.latent.temperature;
  temperature = settings.temperature.value_or(temperature);
  if (label_) {
    require_label(*label_, classes());
  }
}

std::vector<float> Sampler::latents(std::int64_t count) const {
  return train::sample_latents(generator_.info.recipe, seed_, count);
}

std::vector<std::int32_t> Sampler::labels(std::int64_t count, std::int64_t columns) const {
  return train::sample_labels(count, columns, classes(), label_);
}

std::span<float> Sampler::point_of(std::vector<float>& points, std::int64_t n) const {
  const auto size = static_cast<std::size_t>(maker_.latent_size());
  return std::span(points).subspan(static_cast<std::size_t>(n) * size, size);
}

void Sampler::require_memory(std::int64_t count, std::int64_t copies) const {
  const double bytes = static_cast<double>(count) * static_cast<double>(copies) *
                       static_cast<double>(sizeof(float)) *
                       static_cast<double>(image_shape().elements() + maker_.latent_size());
  const auto available = static_cast<double>(base::available_memory());
  if (available > 0.0 && bytes > available) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = fmt::format("{} images", base::grouped(count)),
                       .found = fmt::format("a request for {} of memory", base::byte_count(bytes)),
                       .expected = fmt::format("at most the {} that are free", base::byte_count(available)),
                       .advice = "Draw fewer images, if necessary with several seeds"});
  }
}

Samples Sampler::draw(std::int64_t count, std::int64_t columns) {
  constexpr std::int64_t copies = 2;  // the images and a file of them
  require_memory(count, copies);
  std::vector<std::int32_t> wanted = labels(count, columns);
  Images images = make_images(maker_, latents(count), wanted);
  return {std::move(images), std::move(wanted)};
}

Samples Sampler::draw(std::span<const float> latents, std::span<const std::int32_t> labels) {
  constexpr std::int64_t copies = 1;
  require_fitting(latents.size(), static_cast<std::size_t>(maker_.latent_size()), labels.size(),
                  takes_labels());
  const auto count = static_cast<std::int64_t>(latents.size()) / maker_.latent_size();
  require_memory(count, copies);
  std::ranges::for_each(labels, [&](std::int32_t label) { require_label(label, classes()); });
  std::vector<std::int32_t> wanted(labels.begin(), labels.end());
  wanted.resize(static_cast<std::size_t>(count));
  return {make_images(maker_, latents, wanted), std::move(wanted)};
}

Samples Sampler::walk(std::int64_t rows, std::int64_t steps) {
  constexpr std::int64_t copies = 2;
  require_memory(rows * steps, copies);
  std::vector<float> ends = latents(2 * rows);  // [rows, from and to, latent]
  std::vector<float> points(static_cast<std::size_t>(rows * steps * maker_.latent_size()));
  for (std::int64_t n = 0; n < rows * steps; ++n) {
    const std::int64_t row = n / steps;
    const auto share =
        static_cast<float>(n % steps) / static_cast<float>(std::max<std::int64_t>(steps - 1, 1));
    interpolate(generator_.info.recipe.latent.distribution, point_of(ends, 2 * row),
                point_of(ends, 2 * row + 1), share, point_of(points, n));
  }
  std::vector<std::int32_t> wanted = labels(rows * steps, steps);
  Images images = make_images(maker_, points, wanted);
  return {std::move(images), std::move(wanted)};
}

std::vector<io::Image> Sampler::animate(std::int64_t count, std::int64_t columns) {
  constexpr std::int64_t stations = 6;
  constexpr std::int64_t steps = 15;  // from one to the next
  require_memory(count, stations * steps);
  std::vector<float> points = latents(stations * count);      // [stations, places, latent]
  const std::vector<std::int32_t> wanted = labels(count, 1);  // a class a place
  std::vector<io::Image> frames;
  std::vector<float> current(static_cast<std::size_t>(count * maker_.latent_size()));
  for (std::int64_t frame = 0; frame < stations * steps; ++frame) {
    const std::int64_t from = frame / steps;
    const std::int64_t to = (from + 1) % stations;
    const float share = static_cast<float>(frame % steps) / static_cast<float>(steps);
    for (std::int64_t place = 0; place < count; ++place) {
      interpolate(generator_.info.recipe.latent.distribution, point_of(points, from * count + place),
                  point_of(points, to * count + place), share, point_of(current, place));
    }
    frames.push_back(sheet(make_images(maker_, current, wanted), columns));
  }
  return frames;
}

io::Image Sampler::sheet(const Images& images, std::int64_t columns) const {
  return make_sheet(images, generator_.info.recipe.pixel_range, columns);
}

}  // namespace ganymede::draw
