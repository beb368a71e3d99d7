#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "artifacts/classifier_file.h"

namespace ganymede::scores {

/// Trains a classifier on the training images of `dataset`, measures it on the test images and writes it to
/// `file`; tells `say` of each epoch. Throws Error(data) for data without labels of several classes, and
/// Error(file).
artifacts::ClassifierInfo train_classifier(const train::ClassifierRecipe& recipe,
                                           const data::Dataset& dataset, const std::filesystem::path& file,
                                           const std::function<void(std::string_view)>& say);

/// The file of the classifier that images of `dataset` are measured by: the one that ships for the published
/// sets; for other data one that was trained on it before, or is trained now. It is kept in
/// base::cache_directory() under the data's digest. Empty for data without labels. Throws as
/// train_classifier() does.
std::filesystem::path classifier_for(const data::Dataset& dataset, const std::string& data,
                                     const data::Preparation& images,
                                     const std::function<void(std::string_view)>& say);

}  // namespace ganymede::scores
