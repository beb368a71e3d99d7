#pragma once

#include <memory>
#include <string>

#include "data/dataset.h"
#include "serve/runs.h"

namespace ganymede::serve {

/// A data set under the name that recipes call it by.
struct NamedDataset {
  std::string name;
  std::shared_ptr<const data::Dataset> dataset;
  data::Preparation images = {};
};

/// How the page reads runs. `open`, if it has a data set, need not be opened again.
RunReader make_run_reader(NamedDataset open = {});

}  // namespace ganymede::serve
