#pragma once

#include "data/dataset.h"

namespace ganymede::data {

/// Moves a tenth of the training images, and of each class, to the test split, drawn by the preparation's
/// seed; of a class of two or more at least one. Both keep their order. Throws Error(data) for fewer than two
/// images.
void cut_test_split(Dataset& dataset, const Preparation& preparation);

/// Makes `preparation.held_out` of the training images, of each class its share, the test split, in place of
/// what that was; drawn by the preparation's seed. Both keep their order. Throws Error(data) unless as many
/// are left.
void hold_out(Dataset& dataset, const Preparation& preparation);

}  // namespace ganymede::data
