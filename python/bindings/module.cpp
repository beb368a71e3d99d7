#include "base/host.h"
#include "bindings.h"

NB_MODULE(_core, module) {
  namespace python = ganymede::python;
  module.doc() = "Ganymede's library. The package around this module has the interface.";
  module.attr("__version__") = ganymede::base::version().c_str();
  python::bind_errors(module);
  python::bind_arrays(module);
  python::bind_recipes(module);
  python::bind_training(module);
  python::bind_runs(module);
  python::bind_generators(module);
  python::bind_scores(module);
}
