// Sums and extremes. The order of every sum is fixed by the sizes.

#include "CKernels.h"
#include "Vector.h"

enum { LANES = 16, ROWS_IN_FLOAT = 128 };

// out (=, or +=) part 0 + part 1 + …, each `step` floats after the one before.
CLONED void conch_add_parts(ptrdiff_t count, ptrdiff_t parts, ptrdiff_t step, const float *partial,
                            float *out, bool accumulate) {
  enum { BLOCK = 256 };
  float sum[BLOCK];
  for (ptrdiff_t start = 0; start < count; start += BLOCK) {
    ptrdiff_t length = count - start < BLOCK ? count - start : BLOCK;
    for (ptrdiff_t i = 0; i < length; i++) sum[i] = partial[start + i];
    for (ptrdiff_t part = 1; part < parts; part++) {
      const float *from = partial + part * step + start;
      for (ptrdiff_t i = 0; i < length; i++) sum[i] += from[i];
    }
    if (accumulate)
      for (ptrdiff_t i = 0; i < length; i++) out[start + i] += sum[i];
    else
      for (ptrdiff_t i = 0; i < length; i++) out[start + i] = sum[i];
  }
}

CLONED double conch_sum(ptrdiff_t count, const float *x) {
  double lanes[LANES] = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += x[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += x[i];
  double sum = 0;
  for (int l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

CLONED double conch_sum_of_squares(ptrdiff_t count, const float *x) {
  double lanes[LANES] = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += (double)x[i + l] * x[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += (double)x[i] * x[i];
  double sum = 0;
  for (int l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

CLONED void conch_statistics(ptrdiff_t count, const float *x, conch_statistics_result *result) {
  double sums[LANES] = {0}, squares[LANES] = {0};
  float least[LANES], most[LANES];
  int32_t finite[LANES], nan[LANES];
  ptrdiff_t finite_count = 0, nan_count = 0;
  for (int l = 0; l < LANES; l++) {
    least[l] = __builtin_inff();
    most[l] = -__builtin_inff();
  }
  const ptrdiff_t stretch = (ptrdiff_t)LANES << 24;  // before the lanes' counts could overflow
  for (ptrdiff_t start = 0; start < count; start += stretch) {
    ptrdiff_t end = count - start < stretch ? count : start + stretch;
    memset(finite, 0, sizeof finite);
    memset(nan, 0, sizeof nan);
    ptrdiff_t i = start;
    for (; i < end; i += LANES) {
      float block[LANES];
      int width = end - i < LANES ? (int)(end - i) : LANES;
      // Missing values of the last block stand as infinities, which take no part.
      for (int l = 0; l < LANES; l++) block[l] = __builtin_inff();
      if (width == LANES) memcpy(block, x + i, sizeof block);
      else for (int l = 0; l < width; l++) block[l] = x[i + l];
      for (int l = 0; l < LANES; l++) {
        float value = block[l];
        int is_finite = value - value == 0;
        float used = is_finite ? value : 0;
        sums[l] += used;
        squares[l] += (double)used * used;
        finite[l] += is_finite;
        nan[l] += value != value;
        float low = is_finite ? value : __builtin_inff();
        float high = is_finite ? value : -__builtin_inff();
        least[l] = low < least[l] ? low : least[l];
        most[l] = high > most[l] ? high : most[l];
      }
    }
    for (int l = 0; l < LANES; l++) {
      finite_count += finite[l];
      nan_count += nan[l];
    }
  }
  *result = (conch_statistics_result){.minimum = __builtin_inff(), .maximum = -__builtin_inff()};
  for (int l = 0; l < LANES; l++) {
    result->sum += sums[l];
    result->squares += squares[l];
    if (least[l] < result->minimum) result->minimum = least[l];
    if (most[l] > result->maximum) result->maximum = most[l];
  }
  result->finite = finite_count;
  result->nan = nan_count;
}

// sums[column] += the column's sum over rows `step` floats apart; at most 4096 columns. Runs of
// ROWS_IN_FLOAT rows are added in single precision, the runs in double.
CLONED void conch_column_sums(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                              double *sums) {
  float run[CONCH_COLUMN_BLOCK];
  for (ptrdiff_t start = 0; start < rows; start += ROWS_IN_FLOAT) {
    ptrdiff_t end = start + ROWS_IN_FLOAT < rows ? start + ROWS_IN_FLOAT : rows, row = start;
    for (ptrdiff_t c = 0; c < columns; c++) run[c] = 0;
    for (; row + 4 <= end; row += 4) {
      const float *a = x + row * step, *b = a + step, *d = b + step, *e = d + step;
      for (ptrdiff_t c = 0; c < columns; c++) run[c] += (a[c] + b[c]) + (d[c] + e[c]);
    }
    for (; row < end; row++) {
      const float *a = x + row * step;
      for (ptrdiff_t c = 0; c < columns; c++) run[c] += a[c];
    }
    for (ptrdiff_t c = 0; c < columns; c++) sums[c] += run[c];
  }
}
