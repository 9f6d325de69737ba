// Depthwise convolution along channels. Forward and input gradient are one loop: each written
// place is the sum, over a list of taps, of a read pixel times a row of the kernel; only the axes
// (see conch_axis) differ.

#include "CKernels.h"
#include "Vector.h"

// Taps of one written place: offsets of read pixels and of kernel rows.
typedef struct {
  ptrdiff_t count;
  ptrdiff_t *read;
  ptrdiff_t *kernel;
} tap_list;

// The taps on line `read_y` (relative to step · t of x) that are valid at place t, or all if t < 0.
INLINE void list_taps(const conch_axis *y, const conch_axis *x, ptrdiff_t ty, ptrdiff_t tx,
                      ptrdiff_t read_channels, ptrdiff_t kernel_width, ptrdiff_t kernel_channels,
                      tap_list *list) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < y->taps; i++) {
    ptrdiff_t read_y = y->base[i] + y->step * ty;
    if (read_y < 0 || read_y >= y->extent) continue;
    for (ptrdiff_t j = 0; j < x->taps; j++) {
      if (tx >= 0) {
        ptrdiff_t read_x = x->base[j] + x->step * tx;
        if (read_x < 0 || read_x >= x->extent) continue;
      }
      list->read[count] = (read_y * x->extent + x->base[j]) * read_channels;
      list->kernel[count] = (y->index[i] * kernel_width + x->index[j]) * kernel_channels;
      count++;
    }
  }
  list->count = count;
}

// The row of the image at `source` that the next line is the first to read, which is asked for in
// good time: it lies in memory, or in another processor's cache. Null where there is none.
INLINE const float *next_row(const conch_axis *y, const conch_axis *x, ptrdiff_t channels,
                             const float *source, ptrdiff_t line, ptrdiff_t line_end) {
  ptrdiff_t row = y->base[y->taps - 1] + y->step * (line % y->count + 1);
  if (row >= y->extent || line + 1 >= line_end) return NULL;
  return source + row * x->extent * channels;
}

#define SUM_TAPS(VECTOR, LANES, PLACES)                                               \
  for (; c + LANES <= channels; c += LANES) {                                         \
    VECTOR sum[PLACES];                                                               \
    VECTOR start = 0;                                                                 \
    if (bias) start = *(const VECTOR *)(bias + c);                                    \
    for (int p = 0; p < PLACES; p++) sum[p] = start;                                  \
    for (ptrdiff_t i = 0; i < taps->count; i++) {                                     \
      VECTOR weight = *(const VECTOR *)(kernel + taps->kernel[i] + c);                \
      const float *source = read + taps->read[i] + c;                                 \
      for (int p = 0; p < PLACES; p++)                                                \
        sum[p] += weight * *(const VECTOR *)(source + p * read_step);                 \
    }                                                                                 \
    VECTOR low = finish.low, high = finish.high;                                      \
    for (int p = 0; p < PLACES; p++) {                                                \
      VECTOR *place = (VECTOR *)(written + p * written_step + c);                     \
      if (finish.accumulate) sum[p] += *place;                                        \
      *place = BETWEEN(low, sum[p], high);                                            \
    }                                                                                 \
  }

INLINE void sum_taps_4(const tap_list *taps, ptrdiff_t channels, const float *read,
                       ptrdiff_t read_step, const float *kernel, const float *bias,
                       float *written, ptrdiff_t written_step, conch_finish finish) {
  ptrdiff_t c = 0;
  SUM_TAPS(float16, 16, 4)
  SUM_TAPS(float8, 8, 4)
  SUM_TAPS(float, 1, 4)
}

INLINE void sum_taps_1(const tap_list *taps, ptrdiff_t channels, const float *read,
                       const float *kernel, const float *bias, float *written, conch_finish finish) {
  const ptrdiff_t read_step = 0, written_step = 0;
  ptrdiff_t c = 0;
  SUM_TAPS(float16, 16, 1)
  SUM_TAPS(float8, 8, 1)
  SUM_TAPS(float, 1, 1)
}

CLONED void conch_depthwise(const conch_axis *y, const conch_axis *x, ptrdiff_t channels,
                            const float *read, const float *kernel, ptrdiff_t kernel_width,
                            const float *bias, float *written, conch_finish finish,
                            ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists) {
  ptrdiff_t taps = y->taps * x->taps, lo, hi;
  tap_list all = {0, lists, lists + taps}, some = {0, lists + 2 * taps, lists + 3 * taps};
  conch_inner_range(x, &lo, &hi);
  ptrdiff_t read_step = x->step * channels, written_step = x->pitch * channels;
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, ty = line % y->count;
    const float *source = read + image * y->extent * x->extent * channels;
    float *target = written + ((image * y->length + y->first + y->pitch * ty) * x->length +
                               x->first) * channels;
    list_taps(y, x, ty, -1, channels, kernel_width, channels, &all);
    const float *next = next_row(y, x, channels, source, line, line_end);
    for (ptrdiff_t tx = 0; tx < x->count;) {
      const float *from = source + tx * read_step;
      float *to = target + tx * written_step;
      if (next) fetch(next + tx * read_step, 4 * read_step);
      if (tx >= lo && tx + 4 <= hi) {
        sum_taps_4(&all, channels, from, read_step, kernel, bias, to, written_step, finish);
        tx += 4;
        continue;
      }
      const tap_list *list = &all;
      if (tx < lo || tx >= hi) {
        list_taps(y, x, ty, tx, channels, kernel_width, channels, &some);
        list = &some;
      }
      sum_taps_1(list, channels, from, kernel, bias, to, finish);
      tx += 1;
    }
  }
}

// `GROUP` taps, over a run of `places` pixels, added to the sums kept in `gradient`.
#define GRADIENT_TAPS(VECTOR, LANES, GROUP)                                           \
  for (; i + GROUP <= taps->count; i += GROUP) {                                      \
    VECTOR sum[GROUP];                                                                \
    for (int g = 0; g < GROUP; g++)                                                   \
      sum[g] = *(const VECTOR *)(gradient + taps->kernel[i + g] + c);                 \
    for (ptrdiff_t p = 0; p < places; p++) {                                          \
      VECTOR d = *(const VECTOR *)(dy + p * channels + c);                            \
      const float *source = read + p * read_step + c;                                 \
      for (int g = 0; g < GROUP; g++)                                                 \
        sum[g] += d * *(const VECTOR *)(source + taps->read[i + g]);                  \
    }                                                                                 \
    for (int g = 0; g < GROUP; g++)                                                   \
      *(VECTOR *)(gradient + taps->kernel[i + g] + c) = sum[g];                       \
  }

#define GRADIENT_CHANNELS(VECTOR, LANES)                                              \
  for (; c + LANES <= channels; c += LANES) {                                         \
    ptrdiff_t i = 0;                                                                  \
    GRADIENT_TAPS(VECTOR, LANES, 9)                                                   \
    GRADIENT_TAPS(VECTOR, LANES, 3)                                                   \
    GRADIENT_TAPS(VECTOR, LANES, 1)                                                   \
  }

INLINE void gradient_run(const tap_list *taps, ptrdiff_t channels, ptrdiff_t places,
                         const float *read, ptrdiff_t read_step, const float *dy,
                         float *gradient) {
  ptrdiff_t c = 0;
  GRADIENT_CHANNELS(float16, 16)
  GRADIENT_CHANNELS(float8, 8)
  GRADIENT_CHANNELS(float, 1)
}

// Adds the kernel gradient of lines of dy to `gradient`. The axes are those of the forward pass.
CLONED void conch_depthwise_kernel_gradient(const conch_axis *y, const conch_axis *x,
                                            ptrdiff_t channels, const float *read,
                                            const float *dy, ptrdiff_t kernel_width,
                                            float *gradient, ptrdiff_t line_begin,
                                            ptrdiff_t line_end, ptrdiff_t *lists) {
  enum { RUN = 8 };  // places for which the sums stay in registers
  ptrdiff_t taps = y->taps * x->taps, lo, hi;
  tap_list all = {0, lists, lists + taps}, some = {0, lists + 2 * taps, lists + 3 * taps};
  conch_inner_range(x, &lo, &hi);
  ptrdiff_t read_step = x->step * channels;
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, ty = line % y->count;
    const float *source = read + image * y->extent * x->extent * channels;
    const float *above = dy + line * x->count * channels;
    list_taps(y, x, ty, -1, channels, kernel_width, channels, &all);
    for (ptrdiff_t tx = 0; tx < x->count;) {
      const float *from = source + tx * read_step, *d = above + tx * channels;
      if (tx >= lo && tx < hi) {
        ptrdiff_t places = hi - tx < RUN ? hi - tx : RUN;
        gradient_run(&all, channels, places, from, read_step, d, gradient);
        tx += places;
      } else {
        list_taps(y, x, ty, tx, channels, kernel_width, channels, &some);
        gradient_run(&some, channels, 1, from, read_step, d, gradient);
        tx += 1;
      }
    }
  }
}

// With a multiplier m > 1, kernel and output channel c · m + j belong to input channel c.

CLONED void conch_depthwise_multiplied(const conch_axis *y, const conch_axis *x,
                                       ptrdiff_t channels, ptrdiff_t multiplier,
                                       const float *read, const float *kernel,
                                       ptrdiff_t kernel_width, const float *bias, float *written,
                                       ptrdiff_t line_begin, ptrdiff_t line_end,
                                       ptrdiff_t *lists) {
  ptrdiff_t taps = y->taps * x->taps, wide = channels * multiplier;
  tap_list list = {0, lists, lists + taps};
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, ty = line % y->count;
    const float *source = read + image * y->extent * x->extent * channels;
    for (ptrdiff_t tx = 0; tx < x->count; tx++) {
      float *to = written + (line * x->count + tx) * wide;
      list_taps(y, x, ty, tx, channels, kernel_width, wide, &list);
      for (ptrdiff_t k = 0; k < wide; k++) to[k] = bias ? bias[k] : 0;
      for (ptrdiff_t i = 0; i < list.count; i++) {
        const float *from = source + tx * x->step * channels + list.read[i];
        const float *weight = kernel + list.kernel[i];
        for (ptrdiff_t c = 0; c < channels; c++)
          for (ptrdiff_t j = 0; j < multiplier; j++)
            to[c * multiplier + j] += from[c] * weight[c * multiplier + j];
      }
    }
  }
}

CLONED void conch_depthwise_multiplied_input_gradient(
    const conch_axis *y, const conch_axis *x, ptrdiff_t channels, ptrdiff_t multiplier,
    const float *dy, const float *kernel, ptrdiff_t kernel_width, const float *bias, float *dx,
    bool accumulate, ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists) {
  ptrdiff_t taps = y->taps * x->taps, wide = channels * multiplier;
  tap_list list = {0, lists, lists + taps};
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, ty = line % y->count;
    const float *source = dy + image * y->extent * x->extent * wide;
    float *target = dx + ((image * y->length + y->first + y->pitch * ty) * x->length +
                          x->first) * channels;
    for (ptrdiff_t tx = 0; tx < x->count; tx++) {
      float *to = target + tx * x->pitch * channels;
      list_taps(y, x, ty, tx, wide, kernel_width, wide, &list);
      for (ptrdiff_t c = 0; c < channels; c++) {
        float sum = bias ? bias[c] : 0;
        for (ptrdiff_t i = 0; i < list.count; i++) {
          const float *from = source + tx * x->step * wide + list.read[i] + c * multiplier;
          const float *weight = kernel + list.kernel[i] + c * multiplier;
          for (ptrdiff_t j = 0; j < multiplier; j++) sum += from[j] * weight[j];
        }
        to[c] = accumulate ? to[c] + sum : sum;
      }
    }
  }
}

CLONED void conch_depthwise_multiplied_kernel_gradient(
    const conch_axis *y, const conch_axis *x, ptrdiff_t channels, ptrdiff_t multiplier,
    const float *read, const float *dy, ptrdiff_t kernel_width, float *gradient,
    ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists) {
  ptrdiff_t taps = y->taps * x->taps, wide = channels * multiplier;
  tap_list list = {0, lists, lists + taps};
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, ty = line % y->count;
    const float *source = read + image * y->extent * x->extent * channels;
    for (ptrdiff_t tx = 0; tx < x->count; tx++) {
      const float *d = dy + (line * x->count + tx) * wide;
      list_taps(y, x, ty, tx, channels, kernel_width, wide, &list);
      for (ptrdiff_t i = 0; i < list.count; i++) {
        const float *from = source + tx * x->step * channels + list.read[i];
        float *sums = gradient + list.kernel[i];
        for (ptrdiff_t c = 0; c < channels; c++)
          for (ptrdiff_t j = 0; j < multiplier; j++)
            sums[c * multiplier + j] += from[c] * d[c * multiplier + j];
      }
    }
  }
}
