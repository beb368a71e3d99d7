#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/classifier.h"

/// Statistics of the labels that a classifier reads. Image n counts `weights[n]` times; without weights,
/// once.
namespace ganymede::eval {

/// The share of the images whose most probable label is c, for each class c.
std::vector<double> label_shares(const Readings& readings, std::span<const float> weights = {});

/// The same for labels that are known.
std::vector<double> label_shares(std::span<const std::uint16_t> labels, std::int64_t classes);

/// The Kullback-Leibler divergence of p from q in nats: the sum of p ln(p / q) where p is not 0.
double divergence(std::span<const double> p, std::span<const double> q);

/// The inception score (Salimans et al. 2016) with this classifier: e to the mean divergence of an image's
/// probabilities from those of all images. It ranges from 1 to the number of classes.
double classifier_score(const Readings& readings, std::span<const float> weights = {});

}  // namespace ganymede::eval
