// Batch normalisation along rows of channels, at most CONCH_COLUMN_BLOCK of them at a time.

#include "CKernels.h"
#include "Vector.h"

enum { ROWS_IN_FLOAT = 128, WIDE = 64 };

// Rows of few channels are taken several at a time, as one row whose per-channel numbers repeat.
INLINE ptrdiff_t rows_at_a_time(ptrdiff_t columns, ptrdiff_t step) {
  if (columns != step || columns >= WIDE) return 1;
  ptrdiff_t together = 1;
  while (together * columns % 16) together *= 2;
  while (together * columns < WIDE) together *= 2;
  return together;
}

INLINE void repeat(float *to, const float *from, float without, ptrdiff_t columns,
                   ptrdiff_t times) {
  for (ptrdiff_t t = 0; t < times; t++)
    for (ptrdiff_t c = 0; c < columns; c++) *to++ = from ? from[c] : without;
}

INLINE float relu_of(float z) { return z < 0 ? 0 : z; }
INLINE float relu6_of(float z) {
  float y = z < 0 ? 0 : z;
  return y > 6 ? 6 : y;
}
INLINE float sigmoid_slope(float z) {
  float y = sigmoid_of(z);
  return y * (1 - y);
}

// Calls LOOP once, with the derivative (a factor of d) that belongs to the activation.
#define WITH_DERIVATIVE(LOOP)                                            \
  switch (activation) {                                                  \
    case CONCH_RELU: LOOP(z > 0 ? d : 0) break;                          \
    case CONCH_RELU6: LOOP(((z > 0) & (z < 6)) ? d : 0) break;           \
    case CONCH_LEAKY: LOOP(d * (z > 0 ? 1.0f : slope)) break;            \
    case CONCH_SIGMOID: LOOP(d * sigmoid_slope(z)) break;                \
    default: LOOP(d)                                                     \
  }

// Adds to sums and squares, per column, those of x − shift.
CLONED void conch_moments(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                          const float *shift, double *sums, double *squares) {
  float shifts[CONCH_COLUMN_BLOCK], run[CONCH_COLUMN_BLOCK], square_run[CONCH_COLUMN_BLOCK];
  ptrdiff_t together = rows_at_a_time(columns, step), width = columns * together;
  repeat(shifts, shift, 0, columns, together);
  for (ptrdiff_t start = 0; start < rows; start += ROWS_IN_FLOAT * together) {
    ptrdiff_t end = start + ROWS_IN_FLOAT * together, row = start;
    if (end > rows) end = rows;
    for (ptrdiff_t j = 0; j < width; j++) run[j] = square_run[j] = 0;
    for (; row + 4 * together <= end; row += 4 * together) {
      const float *a = x + row * step, *b = a + together * step, *d = b + together * step,
                  *e = d + together * step;
      for (ptrdiff_t j = 0; j < width; j++) {
        float s = shifts[j], p = a[j] - s, q = b[j] - s, r = d[j] - s, t = e[j] - s;
        run[j] += (p + q) + (r + t);
        square_run[j] += (p * p + q * q) + (r * r + t * t);
      }
    }
    for (; row < end; row += together) {
      const float *a = x + row * step;
      ptrdiff_t length = end - row < together ? (end - row) * columns : width;
      for (ptrdiff_t j = 0; j < length; j++) {
        float p = a[j] - shifts[j];
        run[j] += p;
        square_run[j] += p * p;
      }
    }
    for (ptrdiff_t t = 0; t < together; t++)
      for (ptrdiff_t c = 0; c < columns; c++) {
        sums[c] += run[t * columns + c];
        squares[c] += square_run[t * columns + c];
      }
  }
}

// y = activation((x − mean) · scale + shift); a null mean is 0.
CLONED void conch_normalize(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                            const float *mean, const float *scale, const float *shift,
                            int32_t activation, float slope, float *y) {
  float means[CONCH_COLUMN_BLOCK], scales[CONCH_COLUMN_BLOCK], shifts[CONCH_COLUMN_BLOCK];
  ptrdiff_t together = rows_at_a_time(columns, step);
  repeat(means, mean, 0, columns, together);
  repeat(scales, scale, 1, columns, together);
  repeat(shifts, shift, 0, columns, together);
#define NORMALIZE(VALUE)                                                              \
  for (ptrdiff_t row = 0; row < rows; row += together) {                              \
    ptrdiff_t taken = rows - row < together ? rows - row : together;                  \
    const float *from = x + row * step;                                               \
    float *to = y + row * step;                                                       \
    INDEPENDENT for (ptrdiff_t j = 0; j < taken * columns; j++) {                     \
      float z = (from[j] - means[j]) * scales[j] + shifts[j];                         \
      to[j] = (VALUE);                                                                \
    }                                                                                 \
  }
  switch (activation) {
    case CONCH_RELU: NORMALIZE(relu_of(z)) break;
    case CONCH_RELU6: NORMALIZE(relu6_of(z)) break;
    case CONCH_LEAKY: NORMALIZE(z < 0 ? z * slope : z) break;
    case CONCH_SIGMOID: NORMALIZE(sigmoid_of(z)) break;
    default: NORMALIZE(z)
  }
}

// Adds to sums, per column, dz = dy · activation′(z), and to products dz · (x − mean), where
// z = (x − mean) · scale + shift.
CLONED void conch_normalize_sums(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step,
                                 const float *x, const float *dy, const float *mean,
                                 const float *scale, const float *shift, int32_t activation,
                                 float slope, double *sums, double *products) {
  float means[CONCH_COLUMN_BLOCK], scales[CONCH_COLUMN_BLOCK], shifts[CONCH_COLUMN_BLOCK];
  float run[CONCH_COLUMN_BLOCK], product_run[CONCH_COLUMN_BLOCK];
  ptrdiff_t together = rows_at_a_time(columns, step), width = columns * together;
  repeat(means, mean, 0, columns, together);
  repeat(scales, scale, 1, columns, together);
  repeat(shifts, shift, 0, columns, together);
  for (ptrdiff_t start = 0; start < rows; start += ROWS_IN_FLOAT * together) {
    ptrdiff_t end = start + ROWS_IN_FLOAT * together;
    if (end > rows) end = rows;
    for (ptrdiff_t j = 0; j < width; j++) run[j] = product_run[j] = 0;
#define SUMS(MASKED)                                                                  \
  ptrdiff_t row = start;                                                              \
  for (; row + 2 * together <= end; row += 2 * together) {                            \
    const float *a = x + row * step, *da = dy + row * step;                           \
    const float *b = a + together * step, *db = da + together * step;                 \
    for (ptrdiff_t j = 0; j < width; j++) {                                           \
      float p = a[j] - means[j], q = b[j] - means[j];                                 \
      float z = p * scales[j] + shifts[j], d = da[j], m = (MASKED);                   \
      z = q * scales[j] + shifts[j], d = db[j];                                       \
      float n = (MASKED);                                                             \
      run[j] += m + n;                                                                \
      product_run[j] += m * p + n * q;                                                \
    }                                                                                 \
  }                                                                                   \
  for (; row < end; row += together) {                                                \
    const float *a = x + row * step, *da = dy + row * step;                           \
    ptrdiff_t length = end - row < together ? (end - row) * columns : width;          \
    for (ptrdiff_t j = 0; j < length; j++) {                                          \
      float p = a[j] - means[j], z = p * scales[j] + shifts[j], d = da[j];            \
      (void)z;                                                                        \
      float m = (MASKED);                                                             \
      run[j] += m;                                                                    \
      product_run[j] += m * p;                                                        \
    }                                                                                 \
  }
#define SUMS_BLOCK(MASKED) { SUMS(MASKED) }
    WITH_DERIVATIVE(SUMS_BLOCK)
    for (ptrdiff_t t = 0; t < together; t++)
      for (ptrdiff_t c = 0; c < columns; c++) {
        sums[c] += run[t * columns + c];
        products[c] += product_run[t * columns + c];
      }
  }
}

// dx (=, or +=) scale · dz − offset − (x − mean) · factor, with dz as above.
CLONED void conch_normalize_gradient(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step,
                                     const float *x, const float *dy, const float *mean,
                                     const float *scale, const float *shift, const float *offset,
                                     const float *factor, int32_t activation, float slope,
                                     float *dx, bool accumulate) {
  float means[CONCH_COLUMN_BLOCK], scales[CONCH_COLUMN_BLOCK], shifts[CONCH_COLUMN_BLOCK];
  float offsets[CONCH_COLUMN_BLOCK], factors[CONCH_COLUMN_BLOCK];
  ptrdiff_t together = rows_at_a_time(columns, step);
  repeat(means, mean, 0, columns, together);
  repeat(scales, scale, 1, columns, together);
  repeat(shifts, shift, 0, columns, together);
  repeat(offsets, offset, 0, columns, together);
  repeat(factors, factor, 0, columns, together);
#define GRADIENT(MASKED)                                                              \
  for (ptrdiff_t row = 0; row < rows; row += together) {                              \
    ptrdiff_t length = (rows - row < together ? rows - row : together) * columns;     \
    const float *a = x + row * step, *da = dy + row * step;                           \
    float *to = dx + row * step;                                                      \
    if (accumulate) {                                                                 \
      INDEPENDENT for (ptrdiff_t j = 0; j < length; j++) {                            \
        float p = a[j] - means[j], z = p * scales[j] + shifts[j], d = da[j];          \
        (void)z;                                                                      \
        to[j] += scales[j] * (MASKED) - offsets[j] - p * factors[j];                  \
      }                                                                               \
    } else {                                                                          \
      INDEPENDENT for (ptrdiff_t j = 0; j < length; j++) {                            \
        float p = a[j] - means[j], z = p * scales[j] + shifts[j], d = da[j];          \
        (void)z;                                                                      \
        to[j] = scales[j] * (MASKED) - offsets[j] - p * factors[j];                   \
      }                                                                               \
    }                                                                                 \
  }
  WITH_DERIVATIVE(GRADIENT)
}
