#include "serve/inside/layer_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ganymede::serve {

std::string_view sentence_of(std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 17> sentences = {{
      {"dense", "Each output is a sum of all inputs, each times a weight of its own, plus a bias."},
      {"conv",
       "Small filters slide over the image; each output map shows where its filter finds what it looks for."},
      {"conv_transpose",
       "Each number of the input paints a small pattern, a learned filter, onto a larger image."},
      {"residual", "Two convolutions compute a change of their input, which is added to it."},
      {"upsample",
       "Makes the image larger by filling in pixels between those that there are; it learns nothing."},
      {"avg_pool", "Makes the image smaller by taking the mean of neighbouring pixels; it learns nothing."},
      {"batch_norm",
       "Brings each channel to mean 0 and deviation 1, then scales and shifts it by two learned numbers."},
      {"leaky_relu",
       "Lets positive numbers through and makes negative ones small, so that layers together can "
       "compute more than sums."},
      {"relu",
       "Lets positive numbers through and replaces negative ones by zero, so that layers together can "
       "compute more than sums."},
      {"leaky_hard_tanh", "Cuts numbers off at -1 and 1, the range of the pixels, all but a small part."},
      {"tanh", "Bends all numbers into the range from -1 to 1, that of the pixels."},
      {"sigmoid", "Bends all numbers into the range from 0 to 1, that of the pixels."},
      {"dropout",
       "While training it sets a random part of the numbers to zero, so that no single one is relied "
       "on; here it lets all through."},
      {"reshape", "Arranges the same numbers in another shape, here as an image."},
      {"flatten", "Arranges the numbers of an image in one row, for a dense layer."},
      {"join_label",
       "Appends the class as one number for each class: 1 for the wanted one, 0 for the others."},
      {"select_label", "There is one number for each class; this layer passes on that of the image's class."},
  }};
  const auto found = std::ranges::find(sentences, kind, [](const auto& row) { return row.first; });
  return found == sentences.end() ? std::string_view() : found->second;
}

}  // namespace ganymede::serve
