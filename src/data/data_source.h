#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ganymede::data {

/// Where data sets and classifiers are: $GANYMEDE_DATA, then ../share/ganymede/data beside the program or
/// shared library that has the library, if that is installed, else in the source.
std::vector<std::filesystem::path> data_roots();

/// Opens a data set by its name or path: names are looked for in data_roots(). Throws as open_dataset() does.
Dataset open_data(const std::string& name_or_path, Splits splits, const Preparation& preparation = {});

/// Throws Error(data) for a name or path that is no text in UTF-8, which a recipe cannot hold.
void require_text(const std::string& name_or_path);

}  // namespace ganymede::data
