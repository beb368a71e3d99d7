#pragma once

#include "codecs/image.h"

namespace ganymede::io {

using codecs::Image;

}  // namespace ganymede::io
