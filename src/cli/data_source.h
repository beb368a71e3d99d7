#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ganymede::cli {

/// Where data sets and classifiers are: $GANYMEDE_DATA, beside the installed program, in the source.
std::vector<std::filesystem::path> data_roots();

/// Opens what --data names: data sets are looked for in data_roots(). Throws Error(data).
data::Dataset open_data(const std::string& name_or_directory, data::Splits splits);

/// One digest for all of the files, by which a run knows its data again.
std::string digest(const data::Dataset& dataset);

}  // namespace ganymede::cli
