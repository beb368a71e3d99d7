#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/npy.h"
#include "eval/features.h"

/// Single scores of images or features that a program has in memory, whatever made them.
namespace ganymede::scores {

/// Features that this object owns.
struct OwnedFeatures {
  std::vector<float> values;    ///< [count, dimensions]
  std::int64_t dimensions = 1;  ///< features of an image

  eval::Features view() const { return {values, dimensions}; }  ///< The same in this object's memory.
};

/// What a classifier makes of images.
struct FeaturesRequest {
  codecs::NpyView images;                 ///< as data::ImageArrays has them
  std::string data = "mnist";             ///< the data set that the images are like
  std::filesystem::path classifier = {};  ///< empty: the data set's
};
/// The features by which evaluate() compares images. Throws Error(data) for images of another size than the
/// data's, and as Instruments do.
OwnedFeatures features_of(const FeaturesRequest& request, const std::function<void(std::string_view)>& say);

/// The Fréchet distance of two sets of features (eval/metrics/frechet.h). Throws Error(usage) where their
/// dimensions differ, and for fewer than two of either.
double frechet(const eval::Features& a, const eval::Features& b);

/// Scores by nearest neighbours, from 0 to 1 but for the density.
struct NeighbourScores {
  double precision = 0.0;  ///< share of generated images among the real ones (Kynkäänniemi et al. 2019)
  double recall = 0.0;     ///< share of real images among the generated ones
  double density =
      0.0;  ///< mean number of real images' balls around a generated one, over k (Naeem et al. 2020)
  double coverage = 0.0;  ///< share of real images with a generated one in their ball
};
/// These scores with balls that reach to the k-th neighbour. Throws Error(usage) where the dimensions differ
/// and for sets of at most k images.
NeighbourScores precision_recall(const eval::Features& real, const eval::Features& generated,
                                 std::int64_t neighbours);

/// Settings of eval::kernel_distance().
struct KernelSubsets {
  std::int64_t count = 100;  ///< of the subsets
  std::int64_t size = 1000;  ///< of each, or as many images as there are
  std::uint64_t seed = 0;    ///< by which they are drawn
};
/// The mean over the subsets and the deviation of one.
struct KernelScore {
  double mean = 0.0;       ///< the kernel distance
  double deviation = 0.0;  ///< of a subset's
};
/// The kernel distance (KID, eval/metrics/kernel_distance.h). Throws Error(usage) as frechet() does, and for
/// subsets that are none.
KernelScore kernel_distance(const eval::Features& a, const eval::Features& b, const KernelSubsets& subsets);

/// The share of images with another one within `radius` of it, in the root of the sum of squared differences
/// of bytes; without a radius as in the examinations during training, eval::duplicate_radius() of `like`,
/// real images, or of the images themselves. For some thousand images: compares every two. Throws Error(data)
/// for arrays that are no images or of other sizes, and for fewer than two images.
double duplicates(const codecs::NpyView& images, const std::optional<codecs::NpyView>& like,
                  std::optional<double> radius);

}  // namespace ganymede::scores
