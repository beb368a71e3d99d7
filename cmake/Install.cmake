# The program, the oneDNN that is not the system's, MNIST and the recipes; the program finds them from where it lies.
install(TARGETS ganymede RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(OneDnn_LIBRARY)
  install(FILES "${OneDnn_LIBRARY}" DESTINATION lib/ganymede)
endif()
install(DIRECTORY data recipes DESTINATION share/ganymede)
install(FILES README.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
