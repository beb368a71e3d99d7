#pragma once

/// What the program can do, for other programs: train a recipe into a run directory, go on with a run, draw
/// with its generator, measure it, and write it for other programs. docs/library.md has an example of each.

#include "artifacts/exports/export.h"
#include "artifacts/generator_file.h"
#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/threads/team.h"
#include "draw/sampler.h"
#include "io/pictures/png.h"
#include "scores/array_scores.h"
#include "scores/evaluation.h"
#include "session/session.h"
#include "sweep/table.h"
#include "sweep/worker.h"
