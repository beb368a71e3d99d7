# Installs the program, its manual page and completions, and packs them: as a .deb, or with the libraries that it loads as a
# .tar.gz for machines without root. The program finds oneDNN, MNIST and the recipes relative to its own path.
install(TARGETS ganymede RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET ganymede_mpi)
  # Not in the package, which would then need this MPI.
  install(TARGETS ganymede_mpi LIBRARY DESTINATION lib/ganymede COMPONENT mpi)
endif()
install(DIRECTORY recipes DESTINATION share/ganymede)
install(FILES README.md LICENSE docs/licences.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# The installed program writes its manual page and completions.
foreach(page IN ITEMS man:${CMAKE_INSTALL_MANDIR}/man1/ganymede.1
    bash:share/bash-completion/completions/ganymede
    zsh:share/zsh/site-functions/_ganymede
    fish:share/fish/vendor_completions.d/ganymede.fish)
  string(REPLACE ":" ";" page "${page}")
  list(GET page 0 kind)
  list(GET page 1 file)
  install(CODE "
    set(prefix \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
    get_filename_component(directory \"\${prefix}/${file}\" DIRECTORY)
    file(MAKE_DIRECTORY \"\${directory}\")
    execute_process(COMMAND \"\${prefix}/${CMAKE_INSTALL_BINDIR}/ganymede\" completion ${kind}
      OUTPUT_FILE \"\${prefix}/${file}\" COMMAND_ERROR_IS_FATAL ANY)
    message(STATUS \"Installing: \${prefix}/${file}\")")
endforeach()

# The archive, which is used where there may be no network, has the documentation, too.
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT archive EXCLUDE_FROM_ALL
  PATTERN Doxyfile EXCLUDE)
install(CODE "
    set(PROGRAM \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/ganymede\")
    set(SOURCE \"${PROJECT_SOURCE_DIR}\")
    set(OBJDUMP \"${CMAKE_OBJDUMP}\")"
  COMPONENT archive EXCLUDE_FROM_ALL)
install(SCRIPT "${PROJECT_SOURCE_DIR}/cmake/BundleLibraries.cmake" COMPONENT archive EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB TGZ)
configure_file("${PROJECT_SOURCE_DIR}/cmake/PackageOptions.cmake.in" PackageOptions.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE "${PROJECT_BINARY_DIR}/PackageOptions.cmake")
# Without the headers and static libraries.
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};${PROJECT_NAME};Unspecified;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "Ganymede's maintainers")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gnuplot-nox, graphviz")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(OneDnn_LIBRARY)
  cmake_path(GET OneDnn_LIBRARY PARENT_PATH onednn_directory)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${onednn_directory}")
endif()
include(CPack)
