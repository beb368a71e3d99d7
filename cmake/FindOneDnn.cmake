# Defines the target onednn::onednn: the one in GANYMEDE_ONEDNN_ROOT where that is set, else the system's oneDNN where it
# is version 3.2 or newer, else the one that the launcher put under build/onednn (include/ and lib/libdnnl.so.3).
# pip's build environment is on PATH, and so in front of the system for find_package().
if(NOT DEFINED GANYMEDE_ONEDNN_ROOT)
  find_package(dnnl 3.2 CONFIG QUIET)
endif()
if(TARGET DNNL::dnnl)
  add_library(onednn::onednn ALIAS DNNL::dnnl)
  set(OneDnn_FOUND TRUE)
  return()
endif()

if(NOT DEFINED GANYMEDE_ONEDNN_ROOT)
  set(GANYMEDE_ONEDNN_ROOT "${PROJECT_SOURCE_DIR}/build/onednn" CACHE PATH "oneDNN 3.2 or newer: include/ and lib/")
endif()
find_path(OneDnn_INCLUDE_DIR oneapi/dnnl/dnnl.h PATHS "${GANYMEDE_ONEDNN_ROOT}/include" NO_DEFAULT_PATH)
find_library(OneDnn_LIBRARY NAMES libdnnl.so.3 PATHS "${GANYMEDE_ONEDNN_ROOT}/lib" NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDnn
  REQUIRED_VARS OneDnn_LIBRARY OneDnn_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run ./ganymede, which fetches it, or set GANYMEDE_ONEDNN_ROOT")
if(OneDnn_FOUND AND NOT TARGET onednn::onednn)
  add_library(onednn::onednn SHARED IMPORTED)
  set_target_properties(onednn::onednn PROPERTIES
    IMPORTED_LOCATION "${OneDnn_LIBRARY}" IMPORTED_SONAME libdnnl.so.3
    INTERFACE_INCLUDE_DIRECTORIES "${OneDnn_INCLUDE_DIR}")
endif()
