#pragma once

#include <string_view>

namespace ganymede::io {

/// What exported C headers compute with, as C99 that is also C++. Images are [height, width, channels].
inline constexpr std::string_view c_kernels = R"c(
#ifndef GANYMEDE_KERNELS
#define GANYMEDE_KERNELS

typedef struct {
  int height, width, channels;              // of src
  int out_height, out_width, out_channels;  // of dst
  int kernel, stride, pad_top, pad_left;
} ganymede_convolution;

// dst [units] = weight [units, features] src [features] + bias [units]
static inline void ganymede_dense(const float *src, const float *weight, const float *bias, int features,
                                  int units, float *dst) {
  for (int unit = 0; unit < units; ++unit) {
    float sum = bias ? bias[unit] : 0.0f;
    for (int n = 0; n < features; ++n) {
      sum += weight[unit * features + n] * src[n];
    }
    dst[unit] = sum;
  }
}

// weight [out_channels, kernel, kernel, channels]; src and dst [height, width, channels]
static inline void ganymede_conv(const float *src, const float *weight, const float *bias,
                                 const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int left = n / c->out_channels % c->out_width * c->stride - c->pad_left;
    const int top = n / c->out_channels / c->out_width * c->stride - c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = 0; y < c->kernel; ++y) {
      for (int x = 0; x < c->kernel; ++x) {
        if (top + y >= 0 && top + y < c->height && left + x >= 0 && left + x < c->width) {
          const float *pixel = src + ((top + y) * c->width + left + x) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}

// the transposed convolution: pixel (y, x) of src adds to pixels (y stride - pad + k) of dst
static inline void ganymede_conv_transpose(const float *src, const float *weight, const float *bias,
                                           const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int right = n / c->out_channels % c->out_width + c->pad_left;
    const int bottom = n / c->out_channels / c->out_width + c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = bottom % c->stride; y < c->kernel && y <= bottom; y += c->stride) {
      for (int x = right % c->stride; x < c->kernel && x <= right; x += c->stride) {
        const int row = (bottom - y) / c->stride;
        const int column = (right - x) / c->stride;
        if (row < c->height && column < c->width) {
          const float *pixel = src + (row * c->width + column) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}

static inline void ganymede_add(const float *src, int count, float *dst) {
  for (int n = 0; n < count; ++n) {
    dst[n] += src[n];
  }
}

// each pixel becomes a square of factor by factor
static inline void ganymede_upsample_nearest(const float *src, int height, int width, int channels,
                                             int factor, float *dst) {
  for (int y = 0; y < height * factor; ++y) {
    for (int x = 0; x < width * factor; ++x) {
      memcpy(dst, src + (y / factor * width + x / factor) * channels, (size_t)channels * sizeof(float));
      dst += channels;
    }
  }
}

// interpolated between the centres of pixels; beyond the outermost centres the outermost pixel
static inline void ganymede_upsample_bilinear(const float *src, int height, int width, int channels,
                                              int factor, float *dst) {
  for (int n = 0; n < height * factor * width * factor * channels; ++n) {
    const int channel = n % channels;
    const float x = fmaxf(((float)(n / channels % (width * factor)) + 0.5f) / (float)factor - 0.5f, 0.0f);
    const float y = fmaxf(((float)(n / channels / (width * factor)) + 0.5f) / (float)factor - 0.5f, 0.0f);
    const int left = (int)x, top = (int)y;
    const int right = left + 1 < width ? left + 1 : left, bottom = top + 1 < height ? top + 1 : top;
    const float across = x - (float)left, down = y - (float)top;
    const float *above = src + top * width * channels + channel;
    const float *below = src + bottom * width * channels + channel;
    dst[n] = (1.0f - down) * ((1.0f - across) * above[left * channels] + across * above[right * channels]) +
             down * ((1.0f - across) * below[left * channels] + across * below[right * channels]);
  }
}

// the mean of each square of factor by factor pixels
static inline void ganymede_avg_pool(const float *src, int height, int width, int channels, int factor,
                                     float *dst) {
  for (int n = 0; n < height / factor * (width / factor) * channels; ++n) {
    const int left = n / channels % (width / factor) * factor, top = n / channels / (width / factor) * factor;
    float sum = 0.0f;
    for (int y = top; y < top + factor; ++y) {
      for (int x = left; x < left + factor; ++x) {
        sum += src[(y * width + x) * channels + n % channels];
      }
    }
    dst[n] = sum / (float)(factor * factor);
  }
}

// batch normalisation with its statistics folded in, over the last axis
static inline void ganymede_scale_shift(float *data, int count, const float *scale, const float *shift,
                                        int channels) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] * scale[n % channels] + shift[n % channels];
  }
}

static inline void ganymede_leaky_relu(float *data, int count, float slope) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] > 0.0f ? data[n] : slope * data[n];
  }
}

static inline void ganymede_tanh(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = tanhf(data[n]);
  }
}

static inline void ganymede_sigmoid(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = 1.0f / (1.0f + expf(-data[n]));
  }
}

// the label as a one-hot vector behind the channels of every pixel
static inline void ganymede_join_label(const float *src, int label, int pixels, int channels, int classes,
                                       float *dst) {
  for (int pixel = 0; pixel < pixels; ++pixel) {
    for (int channel = 0; channel < channels; ++channel) {
      *dst++ = src[pixel * channels + channel];
    }
    for (int n = 0; n < classes; ++n) {
      *dst++ = n == label ? 1.0f : 0.0f;
    }
  }
}

#endif
)c";

}  // namespace ganymede::io
