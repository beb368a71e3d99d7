#pragma once

#include <cstdint>
#include <span>

namespace ganymede::ops {

/// probabilities[row] = softmax(logits[row]) for both [rows, classes]: e^(x_c - max x) over their sum, which
/// overflows nowhere. They may be the same memory.
void softmax(std::span<const float> logits, std::int64_t classes, std::span<float> probabilities);

/// The mean over the rows of -ln softmax(logits)[label], and diff_logits = (softmax(logits) - one_hot(label))
/// / rows, its derivative by each logit. logits and diff_logits [rows, classes], labels [rows].
float softmax_cross_entropy(std::span<const float> logits, std::span<const std::int32_t> labels,
                            std::span<float> diff_logits);

}  // namespace ganymede::ops
