#pragma once

#include "artifacts/exports/format.h"

namespace ganymede::artifacts {

/// A C99 header. Verifying compiles and runs it, if there is a compiler called cc.
ExportFormat c_format();

}  // namespace ganymede::artifacts
