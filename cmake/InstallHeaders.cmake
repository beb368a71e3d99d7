# Installs the public headers from `source` under `destination`: those named here, which are the vocabulary of programs
# that build on Ganymede (docs/library.md), and what they include. The kernels of ops and the layouts of exports stay
# inside, but for what a layer's or a program's class holds.
cmake_policy(VERSION 3.22)
set(headers
  base/error.h base/parallel.h base/random.h
  data/dataset.h
  net/program.h
  eval/evaluator.h
  train/recipe/embedded_recipes.h train/recipe/recipe.h train/trainer.h train/sampling.h
  io/files/npy.h io/files/safetensors.h io/networks/c_header.h io/networks/onnx.h io/pictures/gif.h io/pictures/grid.h
  io/pictures/png.h)

set(installed "")
while(headers)
  list(POP_FRONT headers header)
  if(header IN_LIST installed)
    continue()
  endif()
  list(APPEND installed "${header}")
  cmake_path(GET header PARENT_PATH folder)
  file(INSTALL "${source}/${header}" DESTINATION "${destination}/${folder}")
  # Away from the repository a file names its licence itself.
  file(READ "${source}/${header}" text)
  file(WRITE "$ENV{DESTDIR}${destination}/${header}" "// SPDX-License-Identifier: Apache-2.0\n${text}")
  file(STRINGS "${source}/${header}" lines REGEX "^#include \"")
  list(TRANSFORM lines REPLACE "^#include \"([^\"]+)\".*$" "\\1")
  list(APPEND headers ${lines})
endwhile()
