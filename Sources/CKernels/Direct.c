// Products and convolutions without a gathered matrix: the sums of a few written places and a panel
// of columns stay in registers, while runs of what the places read are multiplied with rows of
// the panel. For shapes too thin for a general product, which packs both its factors.

#include "CKernels.h"
#include "Vector.h"

// A stretch of one row's factors: where it is read, relative to the row's place, and the row of
// the panel that its first value meets.
typedef struct {
  ptrdiff_t read, row, count;
} conch_run;

#define UNROLL _Pragma("unroll")

#if defined(__x86_64__)

#define LANES 16
#define VECTOR float16
#define MOST_ROWS 8
#define MOST_VECTORS 3
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAMED(name) name##_v4
#include "DirectBlock.h"

#define LANES 8
#define VECTOR float8
#define MOST_ROWS 6
#define MOST_VECTORS 2
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define NAMED(name) name##_v3
#include "DirectBlock.h"

#endif

#define LANES 4
#define VECTOR float4v
#define MOST_ROWS 6
#define MOST_VECTORS 2
#define TARGET
#define NAMED(name) name##_base
#include "DirectBlock.h"

typedef void rows_function(const conch_run *, ptrdiff_t, const float *, ptrdiff_t, const float *,
                           ptrdiff_t, float *, ptrdiff_t, ptrdiff_t, bool);

typedef struct {
  rows_function *rows;
  ptrdiff_t lanes, width;  // of a panel
} direct_kernel;

static direct_kernel chosen(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return (direct_kernel){rows_v4, 16, 48};
  if (__builtin_cpu_supports("x86-64-v3")) return (direct_kernel){rows_v3, 8, 16};
#endif
  return (direct_kernel){rows_base, 4, 8};
}

// Panels lie one after the other, each `depth` rows behind a row of biases. All are `width` wide
// but the last, which is as wide as it needs in whole vectors.
INLINE ptrdiff_t panel_width(const direct_kernel *kernel, ptrdiff_t columns_left) {
  if (columns_left >= kernel->width) return kernel->width;
  return (columns_left + kernel->lanes - 1) / kernel->lanes * kernel->lanes;
}

void conch_direct_pack(ptrdiff_t first_row, ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns,
                       const float *from, ptrdiff_t row_step, ptrdiff_t column_step,
                       float *packed) {
  direct_kernel kernel = chosen();
  for (ptrdiff_t column = 0; column < columns; column += kernel.width) {
    ptrdiff_t left = columns - column, width = panel_width(&kernel, left);
    ptrdiff_t used = left < width ? left : width;
    float *to = packed + column * (depth + 1) + first_row * width;
    for (ptrdiff_t r = 0; r < rows; r++, to += width) {
      for (ptrdiff_t j = 0; j < used; j++)
        to[j] = from ? from[r * row_step + (column + j) * column_step] : 0;
      for (ptrdiff_t j = used; j < width; j++) to[j] = 0;
    }
  }
}

void conch_direct_rows(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const float *a,
                       ptrdiff_t a_step, const float *packed, float *c, ptrdiff_t c_step,
                       bool accumulate) {
  direct_kernel kernel = chosen();
  conch_run run = {0, 0, depth};
  for (ptrdiff_t column = 0; column < columns; column += kernel.width) {
    ptrdiff_t left = columns - column;
    kernel.rows(&run, 1, a, a_step, packed + column * (depth + 1),
                left < kernel.width ? left : kernel.width, c + column, c_step, rows, accumulate);
  }
}

// The runs of the taps that place (ty, tx) reads, or all in x if tx < 0. Neighbouring taps make one.
INLINE ptrdiff_t list_runs(const conch_axis *y, const conch_axis *x, ptrdiff_t ty, ptrdiff_t tx,
                           ptrdiff_t channels, conch_run *runs) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < y->taps; i++) {
    ptrdiff_t read_y = y->base[i] + y->step * ty;
    if (read_y < 0 || read_y >= y->extent) continue;
    for (ptrdiff_t j = 0; j < x->taps; j++) {
      if (tx >= 0) {
        ptrdiff_t read_x = x->base[j] + x->step * tx;
        if (read_x < 0 || read_x >= x->extent) continue;
      }
      conch_run run = {(read_y * x->extent + x->base[j]) * channels, (i * x->taps + j) * channels,
                       channels};
      conch_run *last = runs + count - 1;
      if (count && last->read + last->count == run.read && last->row + last->count == run.row)
        last->count += channels;
      else runs[count++] = run;
    }
  }
  return count;
}

void conch_direct_lines(const conch_axis *y, const conch_axis *x, ptrdiff_t read_channels,
                        ptrdiff_t written_channels, const float *read, const float *packed,
                        float *written, bool accumulate, ptrdiff_t line_begin, ptrdiff_t line_end,
                        ptrdiff_t *lists) {
  direct_kernel kernel = chosen();
  conch_run *runs = (conch_run *)lists, *edge_runs = runs + y->taps * x->taps;
  ptrdiff_t depth = y->taps * x->taps * read_channels, lo, hi;
  conch_inner_range(x, &lo, &hi);
  ptrdiff_t read_step = x->step * read_channels, written_step = x->pitch * written_channels;
  for (ptrdiff_t column = 0; column < written_channels; column += kernel.width) {
    ptrdiff_t left = written_channels - column;
    ptrdiff_t columns = left < kernel.width ? left : kernel.width;
    const float *panel = packed + column * (depth + 1);
    for (ptrdiff_t line = line_begin; line < line_end; line++) {
      ptrdiff_t image = line / y->count, ty = line % y->count;
      const float *source = read + image * y->extent * x->extent * read_channels;
      float *target = written + ((image * y->length + y->first + y->pitch * ty) * x->length +
                                 x->first) * written_channels + column;
      if (lo < hi) {
        ptrdiff_t count = list_runs(y, x, ty, -1, read_channels, runs);
        kernel.rows(runs, count, source + lo * read_step, read_step, panel, columns,
                    target + lo * written_step, written_step, hi - lo, accumulate);
      }
      for (ptrdiff_t tx = 0; tx < x->count; tx++) {
        if (tx == lo && lo < hi) tx = hi;
        if (tx >= x->count) break;
        ptrdiff_t count = list_runs(y, x, ty, tx, read_channels, edge_runs);
        kernel.rows(edge_runs, count, source + tx * read_step, read_step, panel, columns,
                    target + tx * written_step, written_step, 1, accumulate);
      }
    }
  }
}
