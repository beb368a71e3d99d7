# Installs the program, its manual page and completions, and packs them as a .deb. The program finds oneDNN, MNIST and
# the recipes relative to its own path.
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

set(CPACK_GENERATOR DEB)
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
