#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ganymede::data {

/// Where data sets and classifiers are: $GANYMEDE_DATA, then beside the program if it is installed, else in
/// the source.
std::vector<std::filesystem::path> data_roots();

/// Opens a data set by its name or a directory: names are looked for in data_roots(). Throws Error(data).
Dataset open_data(const std::string& name_or_directory, Splits splits);

/// One digest for all of the files, and for how their images are stacked, by which a run knows its data
/// again.
std::string digest(const Dataset& dataset);

}  // namespace ganymede::data
