#include <exception>

#include "base/error.h"
#include "bindings.h"

namespace ganymede::python {

namespace nb = nanobind;

namespace {

const char* class_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::usage:
      return "UsageError";
    case base::ErrorKind::configuration:
      return "ConfigurationError";
    case base::ErrorKind::data:
      return "DataError";
    case base::ErrorKind::diverged:
      return "DivergedError";
    case base::ErrorKind::file:
      return "FileError";
  }
  return "Error";
}

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const base::Error& error) {
    const nb::object type = nb::module_::import_("ganymede.errors").attr(class_of(error.kind()));
    PyErr_SetObject(type.ptr(), nb::str(error.what()).ptr());
  }
}

}  // namespace

void bind_errors(nb::module_&) {
  nb::register_exception_translator(translate);
}

}  // namespace ganymede::python
