# What the archive has beside an installation: in lib/ganymede the shared libraries of this machine that the installed program
# loads, in share/doc/ganymede/copyright the terms of each and of the headers that were compiled in. cmake_install.cmake sets
# PROGRAM, the installed program, SOURCE and OBJDUMP.
get_filename_component(prefix "${PROGRAM}/../.." ABSOLUTE)
set(terms "${prefix}/share/doc/ganymede/copyright")

function(keep_copyright package name)
  configure_file("/usr/share/doc/${package}/copyright" "${terms}/${name}" COPYONLY)
endfunction()

# Every Debian and Ubuntu has glibc and, since apt needs it, the runtime of g++.
set(of_the_system "^ld-linux" "^lib(c|m|dl|rt|pthread|stdc\\+\\+|gcc_s)\\.so")
set(CMAKE_GET_RUNTIME_DEPENDENCIES_TOOL objdump)
set(CMAKE_GET_RUNTIME_DEPENDENCIES_COMMAND "${OBJDUMP}")
file(GET_RUNTIME_DEPENDENCIES EXECUTABLES "${PROGRAM}" RESOLVED_DEPENDENCIES_VAR libraries
  PRE_EXCLUDE_REGEXES ${of_the_system} POST_EXCLUDE_REGEXES "^${prefix}/")
foreach(library IN LISTS libraries)
  file(INSTALL "${library}" DESTINATION "${prefix}/lib/ganymede" FOLLOW_SYMLINK_CHAIN)
  file(REAL_PATH "${library}" file)
  # dpkg has some files under the name that they had before /lib became a link to /usr/lib.
  string(REGEX REPLACE "^/usr/" "/" former_name "${file}")
  execute_process(COMMAND dpkg-query --search "${file}" "${former_name}" OUTPUT_VARIABLE package ERROR_QUIET)
  if(NOT package MATCHES "^([^:,]+)")
    message(FATAL_ERROR "${file} is of no package of Debian or Ubuntu, so its terms are not known: make the archive on a "
      "system where apt has installed every library that the program loads")
  endif()
  set(package "${CMAKE_MATCH_1}")
  string(REGEX REPLACE "\\.so.*" ".so" name "${library}")
  get_filename_component(name "${name}" NAME)
  keep_copyright("${package}" "${name}")
endforeach()

file(STRINGS "${SOURCE}/docs/licences.md" rows REGEX "\\| headers \\|")
foreach(row IN LISTS rows)
  string(REGEX MATCH "[a-z0-9-]+" package "${row}")
  if(EXISTS "/usr/share/doc/${package}/copyright")
    keep_copyright("${package}" "${package}")
  endif()
endforeach()
