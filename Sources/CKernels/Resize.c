// Resizing maps, channels last.

#include "CKernels.h"
#include "Vector.h"

#include <math.h>

CLONED void conch_repeat_pixels(ptrdiff_t width, ptrdiff_t channels, ptrdiff_t factor,
                                const float *x, float *y) {
  for (ptrdiff_t ix = 0; ix < width; ix++, x += channels)
    for (ptrdiff_t f = 0; f < factor; f++, y += channels)
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) y[c] = x[c];
}

CLONED void conch_repeat_pixels_gradient(ptrdiff_t width, ptrdiff_t channels, ptrdiff_t factor_y,
                                         ptrdiff_t factor_x, const float *dy, float *dx,
                                         bool accumulate) {
  ptrdiff_t line = width * factor_x * channels;
  for (ptrdiff_t ix = 0; ix < width; ix++, dx += channels) {
    if (!accumulate) for (ptrdiff_t c = 0; c < channels; c++) dx[c] = 0;
    for (ptrdiff_t fy = 0; fy < factor_y; fy++)
      for (ptrdiff_t fx = 0; fx < factor_x; fx++) {
        const float *from = dy + fy * line + (ix * factor_x + fx) * channels;
        INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) dx[c] += from[c];
      }
  }
}

// Where place `to` of an axis of `written` places lies between two places of `extent`.
typedef struct {
  ptrdiff_t low, high;
  float weight;  // of the high one
} between;

INLINE between place_between(ptrdiff_t to, ptrdiff_t extent, ptrdiff_t written) {
  float scale = (float)extent / (float)written;
  float at = ((float)to + 0.5f) * scale - 0.5f, low = floorf(at);
  ptrdiff_t first = (ptrdiff_t)low, last = extent - 1;
  between b = {first < 0 ? 0 : first, first + 1, at - low};
  if (b.low > last) b.low = last;
  if (b.high > last) b.high = last;
  return b;
}

CLONED void conch_resize_bilinear(const float *x, ptrdiff_t input_height, ptrdiff_t input_width,
                                  float *y, ptrdiff_t output_height, ptrdiff_t output_width,
                                  ptrdiff_t channels, ptrdiff_t line_begin, ptrdiff_t line_end) {
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    const float *image = x + line / output_height * input_height * input_width * channels;
    between v = place_between(line % output_height, input_height, output_height);
    const float *top = image + v.low * input_width * channels;
    const float *bottom = image + v.high * input_width * channels;
    float *to = y + line * output_width * channels;
    for (ptrdiff_t ox = 0; ox < output_width; ox++, to += channels) {
      between h = place_between(ox, input_width, output_width);
      const float *a = top + h.low * channels, *b = top + h.high * channels;
      const float *d = bottom + h.low * channels, *e = bottom + h.high * channels;
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) {
        float upper = a[c] + (b[c] - a[c]) * h.weight, lower = d[c] + (e[c] - d[c]) * h.weight;
        to[c] = upper + (lower - upper) * v.weight;
      }
    }
  }
}

CLONED void conch_resize_bilinear_gradient(const float *dy, ptrdiff_t output_height,
                                           ptrdiff_t output_width, float *dx,
                                           ptrdiff_t input_height, ptrdiff_t input_width,
                                           ptrdiff_t channels, bool accumulate) {
  if (!accumulate)
    memset(dx, 0, sizeof(float) * (size_t)(input_height * input_width * channels));
  for (ptrdiff_t oy = 0; oy < output_height; oy++) {
    between v = place_between(oy, input_height, output_height);
    for (ptrdiff_t ox = 0; ox < output_width; ox++, dy += channels) {
      between h = place_between(ox, input_width, output_width);
      float *top = dx + v.low * input_width * channels;
      float *bottom = dx + v.high * input_width * channels;
      // Low and high may be the same pixel: one after the other.
      for (ptrdiff_t c = 0; c < channels; c++) {
        float upper = dy[c] * (1 - v.weight), lower = dy[c] * v.weight;
        top[h.low * channels + c] += upper * (1 - h.weight);
        top[h.high * channels + c] += upper * h.weight;
        bottom[h.low * channels + c] += lower * (1 - h.weight);
        bottom[h.high * channels + c] += lower * h.weight;
      }
    }
  }
}
