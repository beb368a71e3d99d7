# The library as it is with a layer, a loss and a format of data more: the lines that docs/extending.md tells to write are put into copies of
# the files with the lists, which are found before these, and what depends on the lists is compiled again.
set(source "${PROJECT_SOURCE_DIR}/src")
set(copies "${CMAKE_CURRENT_BINARY_DIR}/extending")

# extend(FILE [BEFORE TEXT]...): a copy of src/FILE with each TEXT before the text BEFORE.
function(extend file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}/${file}")
  file(READ "${source}/${file}" text)
  math(EXPR last "${ARGC} - 2")
  foreach(n RANGE 1 ${last} 2)
    math(EXPR next "${n} + 1")
    string(REPLACE "${ARGV${n}}" "${ARGV${next}}${ARGV${n}}" longer "${text}")
    if(longer STREQUAL text)
      message(FATAL_ERROR "src/${file} has no \"${ARGV${n}}\", before which this test adds a line")
    endif()
    set(text "${longer}")
  endforeach()
  file(CONFIGURE OUTPUT "${copies}/${file}" CONTENT "${text}" @ONLY)
endfunction()

extend(net/kinds.h
  "#include \"net/layers/activation.h\"" "#include \"extending/layers/absolute.h\"\n"
  "                       Kind<SelectLabel" "                       Kind<Absolute, AbsoluteOp>,\n")
set(row_file "${CMAKE_CURRENT_SOURCE_DIR}/extending/losses/exponential.inc")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${row_file}")
file(READ "${row_file}" row)
extend(train/methods/objective.h "  relativistic " "  exponential,\n")
extend(train/methods/objective.cpp "    LossRow{Loss::relativistic" "${row}")

extend(data/formats/format.cpp
  "#include \"data/formats/picture_folder.h\"" "#include \"extending/formats/tiny_records.h\"\n"
  "                           {\"a folder of pictures\"" "                           {\"tiny records\", is_tiny_records, read_tiny_records},\n")

file(GLOB sources CONFIGURE_DEPENDS extending/*.cpp extending/*/*.cpp "${source}/net/*.cpp" "${source}/net/exports/*.cpp"
  "${source}/train/recipe/*.cpp" "${source}/draw/network_*.cpp" "${source}/io/networks/*.cpp")
add_executable(test_extending ${sources} "${copies}/train/methods/objective.cpp"
  "${copies}/data/formats/format.cpp")
target_include_directories(test_extending BEFORE PRIVATE "${copies}")
target_link_libraries(test_extending PRIVATE ganymede_data ganymede_io onnx_proto ganymede_testing)
target_compile_definitions(test_extending PRIVATE GANYMEDE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  GANYMEDE_COPIES_DIR="${copies}")
gtest_discover_tests(test_extending TEST_PREFIX "extending." DISCOVERY_TIMEOUT 60)
