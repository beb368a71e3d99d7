#include "eval/pixel_components.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>

namespace ganymede::eval {

namespace {

constexpr std::int64_t longest_side = 16;
constexpr std::int64_t most_components = 64;
constexpr std::int64_t most_images = 10'000;

using Eigen::MatrixXd;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

PixelComponents::PixelComponents(std::span<const std::uint8_t> images, const base::Shape& image)
    : image_(image),
      height_(std::min(image[0], longest_side)),
      width_(std::min(image[1], longest_side)),
      size_(height_ * width_ * image[2]),
      count_(std::min(size_, most_components)),
      mean_(static_cast<std::size_t>(size_)),
      components_(static_cast<std::size_t>(count_ * size_)) {
  const auto most_bytes = static_cast<std::size_t>(most_images * image.elements());
  const std::vector<float> small = shrink(images.first(std::min(images.size(), most_bytes)));
  const auto rows = static_cast<std::int64_t>(small.size()) / size_;
  MatrixXd centred = Eigen::Map<const Rows>(small.data(), rows, size_).cast<double>();
  const Eigen::RowVectorXd mean = centred.colwise().mean();
  centred.rowwise() -= mean;
  MatrixXd covariance = MatrixXd::Zero(size_, size_);
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose(), 1.0 / static_cast<double>(rows));
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(covariance);  // the largest last
  Eigen::Map<Eigen::RowVectorXf>(mean_.data(), size_) = mean.cast<float>();
  Eigen::Map<Rows>(components_.data(), count_, size_) =
      eigen.eigenvectors().rightCols(count_).transpose().cast<float>();
}

std::vector<float> PixelComponents::shrink(std::span<const std::uint8_t> images) const {
  const std::int64_t channels = image_[2];
  const std::int64_t pixels = image_.elements();
  const auto count = static_cast<std::int64_t>(images.size()) / pixels;
  std::vector<float> small(static_cast<std::size_t>(count * size_));
  for (std::int64_t n = 0; n < count; ++n) {
    for (std::int64_t y = 0; y < height_; ++y) {
      const std::int64_t top = y * image_[0] / height_;
      const std::int64_t bottom = (y + 1) * image_[0] / height_;
      for (std::int64_t x = 0; x < width_; ++x) {
        const std::int64_t left = x * image_[1] / width_;
        const std::int64_t right = (x + 1) * image_[1] / width_;
        for (std::int64_t channel = 0; channel < channels; ++channel) {
          float sum = 0.0F;
          for (std::int64_t row = top; row < bottom; ++row) {
            for (std::int64_t column = left; column < right; ++column) {
              sum += static_cast<float>(images[n * pixels + (row * image_[1] + column) * channels + channel]);
            }
          }
          const auto area = static_cast<float>((bottom - top) * (right - left));
          small[n * size_ + (y * width_ + x) * channels + channel] = sum / (255.0F * area);
        }
      }
    }
  }
  return small;
}

std::vector<float> PixelComponents::read(std::span<const std::uint8_t> images) const {
  const std::vector<float> small = shrink(images);
  const auto rows = static_cast<std::int64_t>(small.size()) / size_;
  std::vector<float> features(static_cast<std::size_t>(rows * count_));
  Eigen::Map<Rows>(features.data(), rows, count_) =
      (Eigen::Map<const Rows>(small.data(), rows, size_).rowwise() -
       Eigen::Map<const Eigen::RowVectorXf>(mean_.data(), size_)) *
      Eigen::Map<const Rows>(components_.data(), count_, size_).transpose();
  return features;
}

}  // namespace ganymede::eval
