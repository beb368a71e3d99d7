#pragma once

#include <filesystem>

#include "data/formats/format.h"

namespace ganymede::data {

/// Whether the path is a directory with data_batch_1.bin.
bool is_cifar(const std::filesystem::path& path);

/// Reads CIFAR-10's "binary version": data_batch_1.bin to data_batch_5.bin, of which the later ones may be
/// missing, test_batch.bin, which may be, and the names in batches.meta.txt where that is. A record is a
/// label and the red, green and blue of 32 by 32 pixels. Throws Error(data) for files of other sizes and
/// labels of ten and more.
Source read_cifar(const std::filesystem::path& path, const Preparation& preparation, Splits splits);

}  // namespace ganymede::data
