# Writes the public headers from `source` under `destination`, a directory called ganymede: ganymede.h and what it
# includes, then the headers for own training loops (docs/library.md) and what they include. The copies include each
# other as "ganymede/base/error.h", so that no other project's header is found instead. The kernels of ops and the
# layouts of exports stay internal, except for members of public classes.
cmake_policy(VERSION 3.22)
set(headers
  ganymede.h
  base/error.h base/threads/parallel.h base/random.h
  codecs/png.h
  data/formats/arrays_in_memory.h data/batch.h data/contents.h data/data_source.h data/dataset.h data/formats/numpy_arrays.h data/sampler.h
  net/program.h
  eval/evaluator.h
  runs/metrics_file.h
  train/recipe/embedded_recipes.h train/recipe/recipe.h train/trainer.h train/sampling.h
  io/files/npy.h io/files/safetensors.h io/networks/c_header.h io/networks/channels_first.h io/networks/onnx.h io/pictures/gif.h io/pictures/grid.h
  io/pictures/png.h)

set(public_headers "")
while(headers)
  list(POP_FRONT headers header)
  if(header IN_LIST public_headers)
    continue()
  endif()
  list(APPEND public_headers "${header}")
  file(READ "${source}/${header}" text)
  file(STRINGS "${source}/${header}" lines REGEX "^#include \"")
  list(TRANSFORM lines REPLACE "^#include \"([^\"]+)\".*$" "\\1")
  list(APPEND headers ${lines})
  # Away from the repository a file names its licence itself.
  string(REGEX REPLACE "(\n#include \")" "\\1ganymede/" text "// SPDX-License-Identifier: Apache-2.0\n${text}")
  set(written "")
  if(EXISTS "${destination}/${header}")
    file(READ "${destination}/${header}" written)
  endif()
  if(NOT written STREQUAL text)
    file(WRITE "${destination}/${header}" "${text}")
  endif()
endwhile()
