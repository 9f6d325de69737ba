// Tiles of the matrix that a convolution multiplies with its kernel: a row for each written
// place, in it the pixels that its taps read, [tap y, tap x, channel].

#include "CKernels.h"
#include "Vector.h"

INLINE void copy_floats(float *to, const float *from, ptrdiff_t count) {
  if (count >= 64) {
    memcpy(to, from, sizeof(float) * (size_t)count);
    return;
  }
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8) *(float8 *)(to + i) = *(const float8 *)(from + i);
  for (; i < count; i++) to[i] = from[i];
}

INLINE void zero_floats(float *to, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) to[i] = 0;
}

CLONED void conch_gather(const conch_axis *y, const conch_axis *x, ptrdiff_t tap_y_begin,
                         ptrdiff_t tap_y_end, const float *read, ptrdiff_t all_channels,
                         ptrdiff_t first_channel, ptrdiff_t channels, ptrdiff_t row_begin,
                         ptrdiff_t row_end, float *tile) {
  // Taps that follow each other in x read one run of memory, if all channels are wanted.
  bool runs = channels == all_channels;
  for (ptrdiff_t j = 1; j < x->taps; j++) runs = runs && x->base[j] == x->base[j - 1] + 1;
  ptrdiff_t tx = row_begin % x->count, line = row_begin / x->count;
  ptrdiff_t ty = line % y->count, image = line / y->count;
  for (ptrdiff_t row = row_begin; row < row_end; row++) {
    const float *source = read + image * y->extent * x->extent * all_channels + first_channel;
    for (ptrdiff_t i = tap_y_begin; i < tap_y_end; i++) {
      ptrdiff_t read_y = y->base[i] + y->step * ty;
      if (read_y < 0 || read_y >= y->extent) {
        zero_floats(tile, x->taps * channels);
        tile += x->taps * channels;
        continue;
      }
      const float *line_start = source + read_y * x->extent * all_channels;
      if (runs && x->taps > 0) {
        ptrdiff_t begin = x->base[0] + x->step * tx, end = begin + x->taps;
        ptrdiff_t left = begin < 0 ? -begin : 0, right = end > x->extent ? end - x->extent : 0;
        ptrdiff_t inside = x->taps - left - right;
        if (inside <= 0) {
          zero_floats(tile, x->taps * channels);
        } else {
          zero_floats(tile, left * channels);
          copy_floats(tile + left * channels, line_start + (begin + left) * channels,
                      inside * channels);
          zero_floats(tile + (left + inside) * channels, right * channels);
        }
        tile += x->taps * channels;
      } else {
        for (ptrdiff_t j = 0; j < x->taps; j++) {
          ptrdiff_t read_x = x->base[j] + x->step * tx;
          if (read_x < 0 || read_x >= x->extent) zero_floats(tile, channels);
          else copy_floats(tile, line_start + read_x * all_channels, channels);
          tile += channels;
        }
      }
    }
    if (++tx == x->count) {
      tx = 0;
      if (++ty == y->count) {
        ty = 0;
        image++;
      }
    }
  }
}

// Puts rows of a tile at their written places.
CLONED void conch_scatter(const conch_axis *y, const conch_axis *x, const float *tile,
                          ptrdiff_t all_channels, ptrdiff_t first_channel, ptrdiff_t channels,
                          ptrdiff_t row_begin, ptrdiff_t row_end, float *written,
                          bool accumulate) {
  for (ptrdiff_t row = row_begin; row < row_end; row++) {
    ptrdiff_t tx = row % x->count, line = row / x->count;
    ptrdiff_t ty = line % y->count, image = line / y->count;
    float *to = written + ((image * y->length + y->first + y->pitch * ty) * x->length + x->first +
                           x->pitch * tx) * all_channels + first_channel;
    if (accumulate) {
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) to[c] += tile[c];
    } else {
      copy_floats(to, tile, channels);
    }
    tile += channels;
  }
}

// to[column, row] = from[row, column], the rows of `from` `step` floats apart.
CLONED void conch_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *from, ptrdiff_t step,
                            float *to) {
  enum { SIDE = 16 };
  for (ptrdiff_t r0 = 0; r0 < rows; r0 += SIDE) {
    ptrdiff_t r1 = r0 + SIDE < rows ? r0 + SIDE : rows;
    for (ptrdiff_t c = 0; c < columns; c++)
      for (ptrdiff_t r = r0; r < r1; r++) to[c * rows + r] = from[r * step + c];
  }
}
