# The web page: built from web/ by Vite where the launcher (or `npm ci` there) has put its tools, and embedded in the
# program through the source GANYMEDE_EMBEDDED_PAGE. Without the tools that source holds no files, and the server says
# what is missing.
set(GANYMEDE_EMBEDDED_PAGE "${PROJECT_BINARY_DIR}/embedded_page.cpp")
set(page_source "${PROJECT_SOURCE_DIR}/web")
set(page_files "")
set(page_command "")
set(page_directory "")

# The lock file is younger than the tools when they are of an older version of the page.
set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${page_source}/package-lock.json")
find_program(NODE_EXECUTABLE node)
if(NODE_EXECUTABLE AND EXISTS "${page_source}/node_modules/vite/bin/vite.js")
  set(page_directory "${PROJECT_BINARY_DIR}/page")
  file(GLOB_RECURSE page_files CONFIGURE_DEPENDS "${page_source}/src/*" "${page_source}/public/*")
  list(APPEND page_files "${page_source}/index.html" "${page_source}/vite.config.ts" "${page_source}/package-lock.json")
  set(page_command COMMAND "${NODE_EXECUTABLE}" "${page_source}/node_modules/vite/bin/vite.js" build --logLevel warn
    --outDir "${page_directory}" --emptyOutDir "${page_source}")
else()
  message(STATUS "Building without the web page: `./ganymede page` fetches its tools and builds it")
endif()

add_custom_command(OUTPUT "${GANYMEDE_EMBEDDED_PAGE}"
  ${page_command}
  COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${GANYMEDE_EMBEDDED_PAGE}" "-DPAGE=${page_directory}"
    -P "${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake"
  DEPENDS ${page_files} "${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake"
  COMMENT "Building the web page" VERBATIM)
