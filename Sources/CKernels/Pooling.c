// Pooling along channels; places outside the input take no part.

#include "CKernels.h"
#include "Vector.h"

// The part of a window that lies inside the input, as begin..<end on each axis.
typedef struct {
  ptrdiff_t y0, y1, x0, x1;
} window;

INLINE window window_at(const conch_pooling *s, ptrdiff_t oy, ptrdiff_t ox) {
  ptrdiff_t y = oy * s->stride_y - s->padding_top, x = ox * s->stride_x - s->padding_left;
  window w = {y < 0 ? 0 : y, y + s->window_height, x < 0 ? 0 : x, x + s->window_width};
  if (w.y1 > s->input_height) w.y1 = s->input_height;
  if (w.x1 > s->input_width) w.x1 = s->input_width;
  return w;
}

CLONED void conch_max_pool(const conch_pooling *s, ptrdiff_t line_begin, ptrdiff_t line_end,
                           const float *x, float *y) {
  ptrdiff_t channels = s->channels;
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    const float *image = x + line / s->output_height * s->input_height * s->input_width * channels;
    for (ptrdiff_t ox = 0; ox < s->output_width; ox++) {
      float *to = y + (line * s->output_width + ox) * channels;
      window w = window_at(s, line % s->output_height, ox);
      for (ptrdiff_t c = 0; c < channels; c++) to[c] = -__builtin_inff();
      for (ptrdiff_t iy = w.y0; iy < w.y1; iy++)
        for (ptrdiff_t ix = w.x0; ix < w.x1; ix++) {
          const float *from = image + (iy * s->input_width + ix) * channels;
          // A NaN is larger than everything: it must not vanish.
          INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++)
            to[c] = to[c] >= from[c] ? to[c] : to[c] != to[c] ? to[c] : from[c];
        }
    }
  }
}

CLONED void conch_average_pool(const conch_pooling *s, ptrdiff_t line_begin, ptrdiff_t line_end,
                               const float *x, float *y) {
  ptrdiff_t channels = s->channels;
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    const float *image = x + line / s->output_height * s->input_height * s->input_width * channels;
    for (ptrdiff_t ox = 0; ox < s->output_width; ox++) {
      float *to = y + (line * s->output_width + ox) * channels;
      window w = window_at(s, line % s->output_height, ox);
      for (ptrdiff_t c = 0; c < channels; c++) to[c] = 0;
      for (ptrdiff_t iy = w.y0; iy < w.y1; iy++)
        for (ptrdiff_t ix = w.x0; ix < w.x1; ix++) {
          const float *from = image + (iy * s->input_width + ix) * channels;
          INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) to[c] += from[c];
        }
      float scale = 1.0f / (float)((w.y1 - w.y0) * (w.x1 - w.x0));
      for (ptrdiff_t c = 0; c < channels; c++) to[c] *= scale;
    }
  }
}

CLONED void conch_max_pool_gradient(const conch_pooling *s, ptrdiff_t image_index, const float *x,
                                    const float *dy, float *dx, bool accumulate) {
  enum { BLOCK = 64 };
  ptrdiff_t channels = s->channels, image_count = s->input_height * s->input_width * channels;
  const float *image = x + image_index * image_count;
  float *target = dx + image_index * image_count;
  if (!accumulate) memset(target, 0, sizeof(float) * (size_t)image_count);
  const float *above = dy + image_index * s->output_height * s->output_width * channels;
  for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
    for (ptrdiff_t ox = 0; ox < s->output_width; ox++, above += channels) {
      window w = window_at(s, oy, ox);
      for (ptrdiff_t start = 0; start < channels; start += BLOCK) {
        ptrdiff_t length = channels - start < BLOCK ? channels - start : BLOCK;
        float most[BLOCK];
        int32_t place[BLOCK];
        for (ptrdiff_t c = 0; c < length; c++) {
          most[c] = -__builtin_inff();
          place[c] = 0;
        }
        int32_t number = 0;
        for (ptrdiff_t iy = w.y0; iy < w.y1; iy++)
          for (ptrdiff_t ix = w.x0; ix < w.x1; ix++, number++) {
            const float *from = image + (iy * s->input_width + ix) * channels + start;
            for (ptrdiff_t c = 0; c < length; c++) {
              int larger = from[c] > most[c];
              most[c] = larger ? from[c] : most[c];
              place[c] = larger ? number : place[c];
            }
          }
        number = 0;
        for (ptrdiff_t iy = w.y0; iy < w.y1; iy++)
          for (ptrdiff_t ix = w.x0; ix < w.x1; ix++, number++) {
            float *to = target + (iy * s->input_width + ix) * channels + start;
            INDEPENDENT for (ptrdiff_t c = 0; c < length; c++)
              to[c] += place[c] == number ? above[start + c] : 0;
          }
      }
    }
}

CLONED void conch_average_pool_gradient(const conch_pooling *s, ptrdiff_t image_index,
                                        const float *dy, float *dx, bool accumulate) {
  ptrdiff_t channels = s->channels, image_count = s->input_height * s->input_width * channels;
  float *target = dx + image_index * image_count;
  if (!accumulate) memset(target, 0, sizeof(float) * (size_t)image_count);
  const float *above = dy + image_index * s->output_height * s->output_width * channels;
  for (ptrdiff_t oy = 0; oy < s->output_height; oy++)
    for (ptrdiff_t ox = 0; ox < s->output_width; ox++, above += channels) {
      window w = window_at(s, oy, ox);
      float scale = 1.0f / (float)((w.y1 - w.y0) * (w.x1 - w.x0));
      for (ptrdiff_t iy = w.y0; iy < w.y1; iy++)
        for (ptrdiff_t ix = w.x0; ix < w.x1; ix++) {
          float *to = target + (iy * s->input_width + ix) * channels;
          INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) to[c] += above[c] * scale;
        }
    }
}

CLONED void conch_global_average(ptrdiff_t pixels, ptrdiff_t channels, const float *x, float *y) {
  enum { BLOCK = 256 };
  float scale = (float)(1.0 / (double)pixels);
  for (ptrdiff_t start = 0; start < channels; start += BLOCK) {
    ptrdiff_t length = channels - start < BLOCK ? channels - start : BLOCK;
    float sum[BLOCK] = {0};
    double all[BLOCK] = {0};
    for (ptrdiff_t p = 0; p < pixels; p++) {
      const float *from = x + p * channels + start;
      for (ptrdiff_t c = 0; c < length; c++) sum[c] += from[c];
      if (p % 128 == 127 || p == pixels - 1)
        for (ptrdiff_t c = 0; c < length; c++) {
          all[c] += sum[c];
          sum[c] = 0;
        }
    }
    for (ptrdiff_t c = 0; c < length; c++) y[start + c] = (float)all[c] * scale;
  }
}

CLONED void conch_global_average_gradient(ptrdiff_t pixels, ptrdiff_t channels, const float *dy,
                                          float *dx, bool accumulate) {
  float scale = (float)(1.0 / (double)pixels);
  for (ptrdiff_t p = 0; p < pixels; p++, dx += channels) {
    if (accumulate) {
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) dx[c] += dy[c] * scale;
    } else {
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) dx[c] = dy[c] * scale;
    }
  }
}

CLONED void conch_global_max(ptrdiff_t pixels, ptrdiff_t channels, const float *x, float *y) {
  for (ptrdiff_t c = 0; c < channels; c++) y[c] = x[c];
  for (ptrdiff_t p = 1; p < pixels; p++) {
    x += channels;
    INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++)
      y[c] = y[c] >= x[c] ? y[c] : y[c] != y[c] ? y[c] : x[c];
  }
}

CLONED void conch_global_max_gradient(ptrdiff_t pixels, ptrdiff_t channels, const float *x,
                                      const float *dy, float *dx, bool accumulate) {
  enum { BLOCK = 256 };
  for (ptrdiff_t start = 0; start < channels; start += BLOCK) {
    ptrdiff_t length = channels - start < BLOCK ? channels - start : BLOCK;
    float most[BLOCK], share[BLOCK];
    for (ptrdiff_t c = 0; c < length; c++) {
      most[c] = x[start + c];
      share[c] = 0;
    }
    for (ptrdiff_t p = 1; p < pixels; p++) {
      const float *from = x + p * channels + start;
      for (ptrdiff_t c = 0; c < length; c++) most[c] = from[c] > most[c] ? from[c] : most[c];
    }
    for (ptrdiff_t p = 0; p < pixels; p++) {
      const float *from = x + p * channels + start;
      for (ptrdiff_t c = 0; c < length; c++) share[c] += from[c] == most[c] ? 1 : 0;
    }
    for (ptrdiff_t c = 0; c < length; c++) share[c] = share[c] > 0 ? dy[start + c] / share[c] : 0;
    for (ptrdiff_t p = 0; p < pixels; p++) {
      const float *from = x + p * channels + start;
      float *to = dx + p * channels + start;
      INDEPENDENT for (ptrdiff_t c = 0; c < length; c++) {
        float value = from[c] == most[c] ? share[c] : 0;
        to[c] = accumulate ? to[c] + value : value;
      }
    }
  }
}
