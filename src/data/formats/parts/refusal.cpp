#include "data/formats/parts/refusal.h"

#include <utility>

#include "base/error.h"

namespace ganymede::data {

void refuse(const std::filesystem::path& where, std::string found, std::string expected, std::string advice) {
  throw base::Error(base::ErrorKind::data, {.where = where.string(),
                                            .found = std::move(found),
                                            .expected = std::move(expected),
                                            .advice = std::move(advice)});
}

}  // namespace ganymede::data
