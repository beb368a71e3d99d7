#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/generator_file.h"
#include "data/dataset.h"
#include "ops/device.h"
#include "train/sampling.h"

namespace ganymede::scores {

/// Images to score, as bytes.
struct ImageSet {
  std::string description;            ///< where they are from, for the person
  std::vector<std::uint8_t> pixels;   ///< [count, height, width, channels]
  std::vector<std::uint16_t> labels;  ///< [count], that they were made for; empty where there are none
};

/// The source of `ganymede eval`: a generator of a run or a file, or existing images.
struct ImageSource {
  std::filesystem::path path;                          ///< of the run, the file or the images
  std::optional<artifacts::SavedGenerator> generator;  ///< nothing for images
};

/// Opens the generator of a run or of a safetensors file; anything else is images. Throws Error(file).
ImageSource open_image_source(const std::filesystem::path& path);

/// The file of an array's labels: digits.labels.npy for digits.npy.
std::filesystem::path labels_beside(std::filesystem::path array);

/// Throws Error(data) unless an image [height, width, channels] has the size of the images of `dataset`.
void require_size(const std::filesystem::path& path, const base::Shape& image, const data::Dataset& dataset);

/// `count` images of a generator from the latent points of `seed`. A conditional generator gets labels drawn
/// from those of `real`, so that the shares of the classes agree.
ImageSet make_image_set(train::ImageMaker& maker, const train::Recipe& recipe, const data::Split& real,
                        std::int64_t count, std::uint64_t seed);
/// The same with a new maker.
ImageSet make_image_set(const net::NetSpec& spec, net::Weights& weights, const train::Recipe& recipe,
                        const data::Split& real, std::int64_t count, std::uint64_t seed,
                        const ops::Device& device);

/// At most the first `count` images of an .npy array [count, height, width] or [count, height, width,
/// channels], or of a directory of PNG files in the order of their names. An array's floats range from 0 to
/// 1, or from -1 if any is negative; its labels are read from the file beside it if `dataset` has classes.
/// Throws Error(file) if they cannot be read, and Error(data) if their size is not that of `dataset` or the
/// labels are not one valid class per image.
ImageSet read_image_set(const std::filesystem::path& path, const data::Dataset& dataset, std::int64_t count);

}  // namespace ganymede::scores
