#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "data/dataset.h"
#include "eval/classifier.h"
#include "io/files/safetensors.h"
#include "train/classifier.h"

namespace ganymede::artifacts {

/// What a classifier's file says beside its weights.
struct ClassifierInfo {
  train::ClassifierRecipe recipe;  ///< it was trained with
  double accuracy = 0.0;           ///< on the data set's test images
  std::string dataset_digest;      ///< of its files
};

/// Adds the facts on a classifier to a file's metadata.
void describe(const ClassifierInfo& info, io::Metadata& metadata);
/// Reads what describe() added to the metadata of the file at `path`. Throws Error(file).
ClassifierInfo read_classifier_info(const io::Metadata& metadata, const std::filesystem::path& path);

/// Writes the weights under the names of net::Weights' rows. Throws Error(file), and Error(diverged) if a
/// weight is not finite.
void write_classifier(const std::filesystem::path& path, const ClassifierInfo& info,
                      train::Network& classifier);

/// Whether a safetensors file says that it is a classifier. Throws Error(file) for a file of another kind.
bool is_classifier(const std::filesystem::path& path);

/// A classifier's network and what its file says of it.
struct ClassifierNetwork {
  ClassifierInfo info;   ///< about its training
  net::NetSpec spec;     ///< its layers
  net::Weights weights;  ///< its weights
};

/// Reads the classifier at `path`; the data set that it was trained on must be available. Throws as
/// open_classifier() and open_data() do.
ClassifierNetwork open_classifier_network(const std::filesystem::path& path);

/// A classifier that was saved.
struct SavedClassifier {
  ClassifierInfo info;          ///< about its training
  std::string sha256;           ///< of the file
  eval::Classifier classifier;  ///< reads images
};

/// Reads a classifier for images of `dataset`; `device` must outlive it. Throws Error(file) unless it is
/// sound and one that this program wrote, and Error(configuration) if it is for other images or classes.
SavedClassifier open_classifier(const std::filesystem::path& path, const data::Dataset& dataset,
                                const ops::Device& device);

/// Where the classifier of a data set is: beside the data sets that open_data() finds. Nothing if there is
/// none.
std::optional<std::filesystem::path> look_for_classifier(const std::string& dataset);
/// The same, but throws Error(file), with the command that trains one, if there is none.
std::filesystem::path find_classifier(const std::string& dataset);

}  // namespace ganymede::artifacts
