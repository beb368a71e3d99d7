#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "base/dtype.h"

namespace ganymede::reference {

/// The largest relative error of one rounding to nearest: 2^-p for a significand of p bits.
constexpr double unit_roundoff(base::DType type) {
  return type == base::DType::f32 ? 0x1p-24 : 0x1p-8;
}

/// A number in double and how far from it a program may end that computes it in f32: `error` is derived, not
/// measured. Every operation carries on the errors of its arguments and adds that of its own rounding
/// (running error analysis: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3).
struct Bounded {
  double value = 0.0;
  double error = 0.0;

  /// The largest absolute value that the program can see.
  double magnitude() const { return std::abs(value) + error; }
};
using Values = std::vector<Bounded>;

/// (1 + u)^n - 1 <= n u / (1 - n u): the relative error of n roundings.
inline double gamma(double roundings, base::DType type = base::DType::f32) {
  return roundings * unit_roundoff(type) / (1.0 - roundings * unit_roundoff(type));
}

/// `x` after n roundings, of which each may also flush a denormal number to zero.
inline Bounded rounded(Bounded x, double roundings = 1.0, base::DType type = base::DType::f32) {
  constexpr double smallest_normal = 0x1p-126;
  const double flushed = std::min(roundings * smallest_normal, x.magnitude());
  return {x.value, x.error + gamma(roundings, type) * x.magnitude() + flushed};
}

/// `x`, which is in f32 already, stored as `type`.
inline Bounded stored(Bounded x, base::DType type) {
  return type == base::DType::f32 ? x : rounded(x, 1.0, type);
}
Values stored(Values values, base::DType type);
/// The same where the program is followed through the rounding to bf16: the value is the rounded one, and its
/// error how far the ends of the interval around `x` are rounded from it, mostly nothing.
Bounded followed(Bounded x, base::DType type);

/// A constant that the program rounds to f32.
inline Bounded constant(double value) {
  return rounded({value, 0.0});
}

inline Bounded operator+(Bounded a, Bounded b) {
  return rounded({a.value + b.value, a.error + b.error});
}
inline Bounded operator-(Bounded a, Bounded b) {
  return rounded({a.value - b.value, a.error + b.error});
}
inline Bounded exact_product(Bounded a, Bounded b) {
  return {a.value * b.value, std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error};
}
inline Bounded operator*(Bounded a, Bounded b) {
  return rounded(exact_product(a, b));
}

/// f(x) of a monotone f, where the program's f is off by `roundings` units.
template <class Function>
Bounded monotone(Bounded x, const Function& f, double roundings = 1.0) {
  const double y = f(x.value);
  return rounded({y, std::max(std::abs(f(x.value + x.error) - y), std::abs(f(x.value - x.error) - y))},
                 roundings);
}
inline Bounded reciprocal(Bounded x) {
  return monotone(x, [](double v) { return 1.0 / v; });
}
inline Bounded operator/(Bounded a, Bounded b) {
  return a * reciprocal(b);
}
inline Bounded square_root(Bounded x) {
  return monotone(x, [](double v) { return std::sqrt(std::max(v, 0.0)); });
}

/// A sum of numbers or of products in any order, with or without fused multiply-adds: no term is rounded more
/// often than there are terms, so that the sum is off by at most gamma(terms) sum |term| (Higham 2002,
/// section 3.1).
class Sum {
 public:
  void add(Bounded x) {
    value_ += x.value;
    error_ += x.error;
    magnitude_ += x.magnitude();
    ++terms_;
  }
  void add_product(Bounded a, Bounded b) { add(exact_product(a, b)); }
  Bounded total() const {
    const Bounded rest = rounded({magnitude_, 0.0}, static_cast<double>(terms_));
    return {value_, error_ + rest.error};
  }

 private:
  double value_ = 0.0;
  double error_ = 0.0;
  double magnitude_ = 0.0;
  std::int64_t terms_ = 0;
};
Values totals(const std::vector<Sum>& sums);

/// Numbers that the program has exactly as they are.
Values exact(std::span<const float> values);
/// Their values without the bounds.
std::vector<double> doubles(const Values& values);

}  // namespace ganymede::reference
