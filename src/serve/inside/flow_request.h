#pragma once

#include <optional>

#include "serve/http/target.h"
#include "serve/inside/inspector.h"
#include "serve/runs.h"

/// What a request's query wants to see of networks. All throw Error(usage) for other text.
namespace ganymede::serve {

/// "seed" and "point", zero without.
LatentChoice latent_choice(const Target& target);

/// "open", such as "generator.3"; nothing without it.
std::optional<LayerChoice> layer_choice(const Target& target);

/// The latent point, the label "label" and the training image number "image" with its label; without "image"
/// there is none. Throws Error(data) where the data cannot be read.
Sample sample_of(const Target& target, const Inspector& inspector, const RunReader& reader);

}  // namespace ganymede::serve
