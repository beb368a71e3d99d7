#pragma once

#include <memory>
#include <string>

#include "data/dataset.h"
#include "serve/runs.h"

namespace ganymede::serve {

/// A data set with its name in recipes.
struct NamedDataset {
  std::string name;
  std::shared_ptr<const data::Dataset> dataset;
  data::Preparation images = {};
};

/// How the page reads runs. The data set of `open`, if there is one, is not read again.
RunReader make_run_reader(NamedDataset open = {});

}  // namespace ganymede::serve
