# cmake -DMODE=find_package|add_subdirectory -DSOURCE=DIR -DBUILD=DIR -DWORK=DIR -DONEDNN_ROOT=DIR -DGENERATOR=NAME
#   -DCOMPILER=PATH -DLAUNCHER=PATH -P check.cmake
# Builds the consumer in WORK and runs it. In the mode find_package BUILD is first installed, and then moved.
cmake_policy(VERSION 3.22)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
if(MODE STREQUAL find_package)
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/elsewhere")
  file(RENAME "${WORK}/elsewhere" "${WORK}/prefix")
  file(GLOB_RECURSE headers "${WORK}/prefix/include/ganymede/*.h")
  foreach(header IN LISTS headers)
    file(STRINGS "${header}" first_line LIMIT_COUNT 1)
    if(NOT first_line STREQUAL "// SPDX-License-Identifier: Apache-2.0")
      message(FATAL_ERROR "${header} does not name its licence in its first line")
    endif()
  endforeach()
  set(where "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
else()
  set(where "-DGANYMEDE_SOURCE=${SOURCE}" "-DGANYMEDE_ONEDNN_ROOT=${ONEDNN_ROOT}")
endif()
run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/consumer" -B "${WORK}/build" -G "${GENERATOR}" ${where}
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
run("${CMAKE_COMMAND}" --build "${WORK}/build")
run("${WORK}/build/consumer")
