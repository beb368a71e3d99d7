#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "net/weights.h"
#include "train/named_tensor.h"

namespace ganymede::train {

/// Keeps a network's layers at a Lipschitz constant of about one (Miyato et al. 2018): the network computes
/// with W / sigma, sigma being the largest singular value of W taken as a matrix [outputs, all else], while
/// the optimiser moves W. As in the paper's algorithm, one step of power iteration an update keeps sigma and
/// its singular vectors u and v; the gradient flows through sigma = u W v with u and v constant.
class SpectralNorm {
 public:
  /// Takes the network's first weights for W; `seed` draws the first u.
  SpectralNorm(net::Weights& weights, std::uint64_t seed);

  /// What the optimiser moves: as Weights::parameters(), before they are divided.
  std::span<float> parameters() { return parameters_.as<float>(); }

  /// Turns the gradients by the weights that the network computes with into those by parameters().
  void pull_back(net::Weights& weights);
  /// Gives the network its weights anew, after parameters() have changed.
  void normalise(net::Weights& weights);

  /// "discriminator.dense_1.weight.raw", ".spectral_u", ".spectral_v"
  std::vector<NamedTensor> tensors(const std::string& network);
  /// Once tensors() have been written.
  void resume();

 private:
  /// One layer's W.
  struct Matrix {
    net::WeightRow row;
    std::int64_t height, width;
    std::vector<float> u, v;  // [height], [width]
    double sigma = 1.0;
  };
  std::span<float> values(const net::WeightRow& row);
  void iterate(Matrix& matrix);
  /// |W v| and, in `product`, W v.
  double measure(const Matrix& matrix, std::span<float> product);

  base::Buffer parameters_;
  std::vector<net::WeightRow> table_;
  std::vector<Matrix> matrices_;
  std::vector<float> product_;  // the largest height
};

}  // namespace ganymede::train
