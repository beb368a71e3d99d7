# Installs the library for other programs: static libraries, public headers, the package's
# configuration, and in share/ganymede/data MNIST.
include(CMakePackageConfigHelpers)
set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/ganymede")
set(data_directory share/ganymede/data)
set(GANYMEDE_ONEDNN_FILE lib/ganymede/libdnnl.so.3)

install(DIRECTORY data/ DESTINATION "${data_directory}")
if(OneDnn_LIBRARY)
  install(FILES "${OneDnn_LIBRARY}" DESTINATION lib/ganymede)
endif()

install(TARGETS ganymede_base ganymede_dist ganymede_ops ganymede_net ganymede_codecs ganymede_data ganymede_train ganymede_eval ganymede_events
    ganymede_io ganymede_runs ganymede_artifacts ganymede_draw ganymede_scores ganymede_session ganymede_sweep ganymede_all
  EXPORT ganymede
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT ganymede FILE ganymedeTargets.cmake NAMESPACE ganymede::
  DESTINATION "${package_directory}" COMPONENT development)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/ganymedeConfig.cmake.in" ganymedeConfig.cmake
  INSTALL_DESTINATION "${package_directory}"
  PATH_VARS data_directory GANYMEDE_ONEDNN_FILE)
write_basic_package_version_file(ganymedeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/ganymedeConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/ganymedeConfigVersion.cmake"
  DESTINATION "${package_directory}" COMPONENT development)

install(CODE "
    set(source \"${PROJECT_SOURCE_DIR}/src\")
    set(destination \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/ganymede\")"
  COMPONENT development)
install(SCRIPT "${PROJECT_SOURCE_DIR}/cmake/PublicHeaders.cmake" COMPONENT development)
