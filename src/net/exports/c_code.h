#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/layer.h"

namespace ganymede::net {

struct NetSpec;
class Weights;

/// What the code of a kind of layer calls: C99 that is also C++. Images are [height, width, channels]. Every
/// header has that of all kinds, so that names begin with "ganymede_".
struct CSource {
  std::string_view types = {};
  std::string_view functions = {};
};
/// That of all kinds.
std::string c_kernels();

/// A network in inference as the body of a C function, and the arrays that it reads. Each layer has a
/// function
///   void write_c(const Kind& layer, const LayerShape& place, CCode& code)
/// which adds lines that compute its output for a sample. Two pieces of work memory take turns: layers that
/// work in place change here(), the others read here(), write there() and turn(). What goes round others
/// waits in a third.
class CCode {
 public:
  CCode(const NetSpec& spec, const Weights& weights);

  const std::string& arrays() const { return arrays_; }
  const std::string& lines() const { return lines_; }
  /// The piece with the newest value, in the end the output: 'a' or 'b'.
  char here() const { return here_; }
  char there() { return use(here_ == 'a' ? 'b' : 'a'); }
  void turn() { here_ = there(); }
  char aside() { return use('c'); }
  /// The last piece that is used: 'a', 'b' or 'c'.
  char last_piece() const { return last_piece_; }
  /// The floats of a piece.
  std::int64_t largest() const { return largest_; }

  /// A piece must hold so many floats, which a layer has within.
  void hold(std::int64_t elements);
  void line(const std::string& statement);
  /// A constant of `type`; returns its name in C. `name` is a part of a layer's.
  std::string constant(std::string_view type, const std::string& name, std::string_view value);
  std::string array(const std::string& name, std::span<const float> values);
  /// An array with the layer's weight of that name, or "0" where it has none.
  std::string weight(const std::string& name, bool exists = true);
  std::span<const float> values(const std::string& name) const;

 private:
  std::string c_name(std::string name) const;
  char use(char piece);

  const std::string& network_;
  const Weights& weights_;
  std::int64_t largest_ = 0;
  char here_ = 'a';
  char last_piece_ = 'a';
  std::string arrays_, lines_;
};

}  // namespace ganymede::net
