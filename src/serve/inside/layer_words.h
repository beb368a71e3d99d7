#pragma once

#include <string_view>

namespace ganymede::serve {

/// What a layer of a kind, such as net::kind_name() gives it, does, in a sentence for beginners; empty for an
/// unknown kind.
std::string_view sentence_of(std::string_view kind);

}  // namespace ganymede::serve
