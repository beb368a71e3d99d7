#pragma once

#include <nanobind/nanobind.h>

/// The parts of the module, one for each file of this folder. They convert arguments, call the library and
/// convert its results.
namespace ganymede::python {

void bind_arrays(nanobind::module_& module);
void bind_errors(nanobind::module_& module);
void bind_recipes(nanobind::module_& module);
void bind_training(nanobind::module_& module);
void bind_runs(nanobind::module_& module);
void bind_generators(nanobind::module_& module);
void bind_scores(nanobind::module_& module);

}  // namespace ganymede::python
