# What the Python module needs before anything is built: Python, position-independent libraries, since they become a
# part of the module, and the oneDNN of the build's environment, which is a third smaller than the launcher's.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
find_package(Python 3.9 REQUIRED COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
execute_process(
  COMMAND "${Python_EXECUTABLE}" -c "import importlib.metadata as m
for file in m.files('onednn-cpu-gomp'):
    if file.name == 'libdnnl.so.3':
        print(file.locate().resolve().parent.parent)"
  OUTPUT_VARIABLE onednn_of_pypi OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(onednn_of_pypi AND NOT DEFINED GANYMEDE_ONEDNN_ROOT)
  set(GANYMEDE_ONEDNN_ROOT "${onednn_of_pypi}")
  unset(OneDnn_LIBRARY CACHE)
  unset(OneDnn_INCLUDE_DIR CACHE)
endif()
