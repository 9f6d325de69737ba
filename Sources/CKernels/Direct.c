// Products and convolutions without a gathered matrix: the sums of a few written places and a panel
// of columns stay in registers, while runs of what the places read are multiplied with rows of
// the panel. Only the panel's matrix is packed.

#include "CKernels.h"
#include "Vector.h"

// A stretch of factors that lie one after the other: where the first is read, and which row of
// the other factor (a row of the panel, or a place of the gradient) it meets.
typedef struct {
  ptrdiff_t read, row, count;
} conch_run;

// Writes a row of sums that is not whole vectors.
INLINE void finish_row(const float *sums, ptrdiff_t count, conch_finish finish, float *to) {
  ptrdiff_t i = 0;
#define FINISH(TYPE)                                                     \
  for (; i + (ptrdiff_t)(sizeof(TYPE) / sizeof(float)) <= count; i += sizeof(TYPE) / sizeof(float)) { \
    TYPE value = *(const TYPE *)(sums + i), low = finish.low, high = finish.high; \
    if (finish.accumulate) value += *(const TYPE *)(to + i);             \
    *(TYPE *)(to + i) = BETWEEN(low, value, high);                       \
  }
  FINISH(float8) FINISH(float4v) FINISH(float)
#undef FINISH
}

#if defined(__x86_64__)

#define LANES 16
#define VECTOR float16
#define MOST_VECTORS 3
#define MOST_ROWS_1 16
#define MOST_ROWS_2 12
#define MOST_ROWS_3 8
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAMED(name) name##_v4
#include "DirectBlock.h"

#define LANES 8
#define VECTOR float8
#define MOST_VECTORS 2
#define MOST_ROWS_1 12
#define MOST_ROWS_2 6
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define NAMED(name) name##_v3
#include "DirectBlock.h"

#endif

#define LANES 4
#define VECTOR float4v
#if defined(__aarch64__)
#define MOST_VECTORS 3
#define MOST_ROWS_1 16
#define MOST_ROWS_2 12
#define MOST_ROWS_3 8
#else
#define MOST_VECTORS 2
#define MOST_ROWS_1 12
#define MOST_ROWS_2 6
#endif
#define TARGET
#define NAMED(name) name##_base
#include "DirectBlock.h"

typedef void rows_function(const conch_run *, ptrdiff_t, const float *, ptrdiff_t, const float *,
                           ptrdiff_t, float *, ptrdiff_t, ptrdiff_t, conch_finish);

typedef void gradient_function(const conch_run *, ptrdiff_t, const float *, ptrdiff_t,
                               const float *, ptrdiff_t, float *, ptrdiff_t, ptrdiff_t, ptrdiff_t);

typedef struct {
  rows_function *rows;
  gradient_function *gradient;
  ptrdiff_t lanes, width;  // of a panel
} direct_kernel;

static direct_kernel chosen(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return (direct_kernel){rows_v4, gradient_v4, 16, 48};
  if (__builtin_cpu_supports("x86-64-v3")) return (direct_kernel){rows_v3, gradient_v3, 8, 16};
#endif
#if defined(__aarch64__)
  return (direct_kernel){rows_base, gradient_base, 4, 12};
#else
  return (direct_kernel){rows_base, gradient_base, 4, 8};
#endif
}

// Panels lie one after the other, each `depth` rows behind a row of biases. All are `width` wide
// but the last, which is as wide as it needs in whole vectors. One vector more than a panel is cut
// in halves: a panel of one vector would load as much as it multiplies.
INLINE ptrdiff_t panel_width(const direct_kernel *kernel, ptrdiff_t columns_left) {
  ptrdiff_t lanes = kernel->lanes, vectors = (columns_left + lanes - 1) / lanes;
  ptrdiff_t most = kernel->width / lanes;
  if (vectors == most + 1 && most > 2) return 2 * lanes;
  return (vectors < most ? vectors : most) * lanes;
}

CLONED void conch_direct_pack(ptrdiff_t first_row, ptrdiff_t rows, ptrdiff_t depth,
                              ptrdiff_t columns, const float *from, ptrdiff_t row_step,
                              ptrdiff_t column_step, float *packed) {
  enum { BLOCK = 16 };  // rows and columns are exchanged a block at a time
  direct_kernel kernel = chosen();
  for (ptrdiff_t column = 0, width; column < columns; column += width) {
    ptrdiff_t left = columns - column;
    width = panel_width(&kernel, left);
    ptrdiff_t used = left < width ? left : width;
    float *to = packed + column * (depth + 1) + first_row * width;
    if (!from) {
      for (ptrdiff_t i = 0; i < rows * width; i++) to[i] = 0;
    } else if (column_step == 1) {
      for (ptrdiff_t r = 0; r < rows; r++, to += width) {
        const float *source = from + r * row_step + column;
        for (ptrdiff_t j = 0; j < used; j++) to[j] = source[j];
        for (ptrdiff_t j = used; j < width; j++) to[j] = 0;
      }
    } else {
      for (ptrdiff_t r0 = 0; r0 < rows; r0 += BLOCK) {
        ptrdiff_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows;
        for (ptrdiff_t j = 0; j < width; j++) {
          const float *source = from + (column + j) * column_step;
          for (ptrdiff_t r = r0; r < r1; r++)
            to[r * width + j] = j < used ? source[r * row_step] : 0;
        }
      }
    }
  }
}

void conch_direct_rows(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const float *a,
                       ptrdiff_t a_step, const float *packed, float *c, ptrdiff_t c_step,
                       conch_finish finish) {
  direct_kernel kernel = chosen();
  conch_run run = {0, 0, depth};
  for (ptrdiff_t column = 0, width; column < columns; column += width) {
    ptrdiff_t left = columns - column;
    width = panel_width(&kernel, left);
    kernel.rows(&run, 1, a, a_step, packed + column * (depth + 1), left < width ? left : width,
                c + column, c_step, rows, finish);
  }
}

// The runs of the taps that place (ty, tx) reads, or all in x if tx < 0. Neighbouring taps make one.
INLINE ptrdiff_t list_runs(const conch_axis *y, const conch_axis *x, ptrdiff_t ty, ptrdiff_t tx,
                           conch_channels read, conch_run *runs) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < y->taps; i++) {
    ptrdiff_t read_y = y->base[i] + y->step * ty;
    if (read_y < 0 || read_y >= y->extent) continue;
    for (ptrdiff_t j = 0; j < x->taps; j++) {
      if (tx >= 0) {
        ptrdiff_t read_x = x->base[j] + x->step * tx;
        if (read_x < 0 || read_x >= x->extent) continue;
      }
      conch_run run = {(read_y * x->extent + x->base[j]) * read.all + read.first,
                       (i * x->taps + j) * read.count, read.count};
      conch_run *last = runs + count - 1;
      if (count && last->read + last->count == run.read && last->row + last->count == run.row)
        last->count += run.count;
      else runs[count++] = run;
    }
  }
  return count;
}

void conch_direct_lines(const conch_axis *y, const conch_axis *x, conch_channels reading,
                        conch_channels writing, const float *read, const float *packed,
                        float *written, conch_finish finish, ptrdiff_t line_begin, ptrdiff_t line_end,
                        ptrdiff_t *lists) {
  direct_kernel kernel = chosen();
  conch_run *runs = (conch_run *)lists, *edge_runs = runs + y->taps * x->taps;
  ptrdiff_t depth = y->taps * x->taps * reading.count, lo, hi;
  conch_inner_range(x, &lo, &hi);
  ptrdiff_t read_step = x->step * reading.all, written_step = x->pitch * writing.all;
  for (ptrdiff_t column = 0, width; column < writing.count; column += width) {
    ptrdiff_t left = writing.count - column;
    width = panel_width(&kernel, left);
    ptrdiff_t columns = left < width ? left : width;
    const float *panel = packed + column * (depth + 1);
    for (ptrdiff_t line = line_begin; line < line_end; line++) {
      ptrdiff_t image = line / y->count, ty = line % y->count;
      const float *source = read + image * y->extent * x->extent * reading.all;
      float *target = written + ((image * y->length + y->first + y->pitch * ty) * x->length +
                                 x->first) * writing.all + writing.first + column;
      if (lo < hi) {
        ptrdiff_t count = list_runs(y, x, ty, -1, reading, runs);
        kernel.rows(runs, count, source + lo * read_step, read_step, panel, columns,
                    target + lo * written_step, written_step, hi - lo, finish);
      }
      for (ptrdiff_t tx = 0; tx < x->count; tx++) {
        if (tx == lo && lo < hi) tx = hi;
        if (tx >= x->count) break;
        ptrdiff_t count = list_runs(y, x, ty, tx, reading, edge_runs);
        kernel.rows(edge_runs, count, source + tx * read_step, read_step, panel, columns,
                    target + tx * written_step, written_step, 1, finish);
      }
    }
  }
}

void conch_direct_gradient(ptrdiff_t places, ptrdiff_t rows, ptrdiff_t columns, const float *a,
                           ptrdiff_t a_step, const float *d, ptrdiff_t d_step, float *sums,
                           ptrdiff_t sums_step) {
  direct_kernel kernel = chosen();
  conch_run run = {0, 0, places};
  for (ptrdiff_t column = 0, width; column < columns; column += width) {
    width = panel_width(&kernel, columns - column);
    kernel.gradient(&run, 1, a, a_step, d + column, d_step, sums + column, sums_step, rows, width);
  }
}

ptrdiff_t conch_direct_padded(ptrdiff_t columns) { return (columns + 15) / 16 * 16; }

// The places of some lines that tap (i, j) reads inside the image, as runs: `read` where the first
// is read, `row` its number. Lines that follow each other without a gap make one.
INLINE ptrdiff_t list_places(const conch_axis *y, const conch_axis *x, ptrdiff_t i, ptrdiff_t j,
                             conch_channels reading, ptrdiff_t line_begin, ptrdiff_t line_end,
                             conch_run *runs) {
  ptrdiff_t count = 0, base = x->base[j], step = x->step;
  ptrdiff_t lo = base >= 0 ? 0 : (-base + step - 1) / step;
  ptrdiff_t hi = base >= x->extent ? 0 : (x->extent - 1 - base) / step + 1;
  if (hi > x->count) hi = x->count;
  if (lo >= hi) return 0;
  for (ptrdiff_t line = line_begin; line < line_end; line++) {
    ptrdiff_t image = line / y->count, read_y = y->base[i] + y->step * (line % y->count);
    if (read_y < 0 || read_y >= y->extent) continue;
    conch_run run = {((image * y->extent + read_y) * x->extent + base + step * lo) * reading.all +
                         reading.first,
                     (line - line_begin) * x->count + lo, hi - lo};
    conch_run *last = runs + count - 1;
    if (count && last->row + last->count == run.row &&
        last->read + last->count * step * reading.all == run.read)
      last->count += run.count;
    else runs[count++] = run;
  }
  return count;
}

void conch_direct_kernel_gradient(const conch_axis *y, const conch_axis *x,
                                  conch_channels reading, conch_channels above,
                                  const float *read, const float *d, float *sums,
                                  ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t row_begin,
                                  ptrdiff_t row_end, ptrdiff_t *list, float *beside) {
  direct_kernel kernel = chosen();
  conch_run *runs = (conch_run *)list;
  ptrdiff_t padded = conch_direct_padded(above.count), read_step = x->step * reading.all;
  const float *lines = d + line_begin * x->count * above.all + above.first;
  // The last panel of d, if it is not whole vectors, is copied beside with room behind each row:
  // vectors must not be read beyond the end of d.
  ptrdiff_t last = 0;
  while (above.count - last > panel_width(&kernel, above.count - last))
    last += panel_width(&kernel, above.count - last);
  ptrdiff_t rest = above.count - last;
  ptrdiff_t rest_width = (rest + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  bool copied = rest != rest_width;
  if (copied) {
    ptrdiff_t places = (line_end - line_begin) * x->count;
    for (ptrdiff_t p = 0; p < places; p++) {
      float *to = beside + p * rest_width;
      memcpy(to, lines + p * above.all + last, sizeof(float) * (size_t)rest);
      for (ptrdiff_t c = rest; c < rest_width; c++) to[c] = 0;
    }
  }
  for (ptrdiff_t row = row_begin; row < row_end;) {
    ptrdiff_t tap = row / reading.count, channel = row % reading.count;
    ptrdiff_t rows = reading.count - channel < row_end - row ? reading.count - channel
                                                             : row_end - row;
    ptrdiff_t count = list_places(y, x, tap / x->taps, tap % x->taps, reading, line_begin,
                                  line_end, runs);
    for (ptrdiff_t column = 0, width; column < above.count; column += width) {
      bool is_beside = copied && column == last;
      ptrdiff_t left = above.count - column;
      width = panel_width(&kernel, left);
      kernel.gradient(runs, count, read + channel, read_step,
                      is_beside ? beside : lines + column, is_beside ? rest_width : above.all,
                      sums + row * padded + column, padded, rows,
                      left < width ? left : width);
    }
    row += rows;
  }
}
