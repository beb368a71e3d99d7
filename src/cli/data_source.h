#pragma once

#include <string>

#include "data/dataset.h"

namespace ganymede::cli {

/// Opens what --data names: data sets are looked for in $GANYMEDE_DATA, beside the installed program and in
/// the source. Throws Error(data).
data::Dataset open_data(const std::string& name_or_directory, data::Splits splits);

/// One digest for all of the files, by which a run knows its data again.
std::string digest(const data::Dataset& dataset);

}  // namespace ganymede::cli
