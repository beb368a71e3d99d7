# Finds the tools of the web page, which the launcher (or `npm ci` in web/) fetches: NODE_EXECUTABLE and GANYMEDE_VITE,
# which is empty without them.
find_program(NODE_EXECUTABLE node)
file(GLOB GANYMEDE_VITE CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/web/node_modules/vite/bin/vite.js")
if(NOT NODE_EXECUTABLE)
  set(GANYMEDE_VITE "")
endif()
if(NOT GANYMEDE_VITE)
  message(STATUS "Building without the web page: `./ganymede page` fetches its tools and builds it")
endif()

# Adds to `target` a source that holds the page as Vite builds it from web/, and the template of `export --format html`;
# without the tools one that holds no files, and the program says what is missing.
function(ganymede_embed_page target)
  set(web "${PROJECT_SOURCE_DIR}/web")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_page.cpp")
  set(files "")
  set(build "")
  set(page "")
  set(comment "Leaving the web page out")
  if(GANYMEDE_VITE)
    set(page "${CMAKE_CURRENT_BINARY_DIR}/page")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${web}/src/*" "${web}/public/*")
    list(APPEND files "${web}/index.html" "${web}/explorer.html" "${web}/vite.config.ts" "${web}/package-lock.json")
    set(vite "${NODE_EXECUTABLE}" "${GANYMEDE_VITE}" build --logLevel warn --outDir "${page}")
    set(comment "Building the web page")
    set(build COMMAND ${vite} --emptyOutDir "${web}" COMMAND ${vite} --mode file "${web}")
  endif()
  add_custom_command(OUTPUT "${source}"
    ${build}
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${source}" "-DPAGE=${page}" -P "${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake"
    COMMENT "${comment}" VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()
