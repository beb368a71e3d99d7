#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ganymede::cli {

/// Where data sets and classifiers are: $GANYMEDE_DATA, then beside the program if it is installed, else in
/// the source.
std::vector<std::filesystem::path> data_roots();

/// What --data takes, and that in words.
constexpr const char* data_type = "DATASET|DIR";
constexpr const char* data_names = "mnist, fashion-mnist, stacked-mnist or a directory with IDX files";

/// Opens what --data names: data sets are looked for in data_roots(). Throws Error(data).
data::Dataset open_data(const std::string& name_or_directory, data::Splits splits);

/// One digest for all of the files, and for how their images are stacked, by which a run knows its data
/// again.
std::string digest(const data::Dataset& dataset);

}  // namespace ganymede::cli
