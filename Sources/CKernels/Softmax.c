// Softmax, cross-entropy and length along rows.

#include "CKernels.h"
#include "Vector.h"

#include <math.h>

enum { LANES = 16 };

INLINE float largest(ptrdiff_t count, const float *x) {
  float lanes[LANES], most = -__builtin_inff();
  ptrdiff_t i = 0;
  if (count >= LANES) {
    for (int l = 0; l < LANES; l++) lanes[l] = x[l];
    for (i = LANES; i + LANES <= count; i += LANES)
      for (int l = 0; l < LANES; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
    for (int l = 0; l < LANES; l++) most = lanes[l] > most ? lanes[l] : most;
  }
  for (; i < count; i++) most = x[i] > most ? x[i] : most;
  return most;
}

INLINE double dot(ptrdiff_t count, const float *a, const float *b) {
  double lanes[LANES] = {0}, sum = 0;
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += (double)a[i + l] * b[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += (double)a[i] * b[i];
  for (int l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

INLINE double total(ptrdiff_t count, const float *x) {
  double lanes[LANES] = {0}, sum = 0;
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int l = 0; l < LANES; l++) lanes[l] += x[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += x[i];
  for (int l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

// y = exp(x − largest); returns the sum. A row of −∞ alone, or with +∞, gives NaN.
INLINE double exponentials(ptrdiff_t count, const float *x, float most, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = exp_of(x[i] - most);
  return total(count, y);
}

CLONED void conch_softmax(ptrdiff_t rows, ptrdiff_t columns, const float *x, float *y) {
  for (ptrdiff_t row = 0; row < rows; row++, x += columns, y += columns) {
    float inverse = (float)(1 / exponentials(columns, x, largest(columns, x), y));
    INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) y[i] *= inverse;
  }
}

CLONED void conch_softmax_gradient(ptrdiff_t rows, ptrdiff_t columns, const float *y,
                                   const float *dy, float *dx, bool accumulate) {
  for (ptrdiff_t row = 0; row < rows; row++, y += columns, dy += columns, dx += columns) {
    float mean = (float)dot(columns, y, dy);
    if (accumulate) {
      INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) dx[i] += y[i] * (dy[i] - mean);
    } else {
      INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) dx[i] = y[i] * (dy[i] - mean);
    }
  }
}

CLONED void conch_cross_entropy(ptrdiff_t rows, ptrdiff_t columns, const float *logits,
                                const int32_t *labels, const float *weights, float *losses,
                                float *gradient, float gradient_scale) {
  enum { BLOCK = 256 };
  float block[BLOCK];
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *x = logits + row * columns;
    float *g = gradient ? gradient + row * columns : NULL;
    int32_t label = labels[row];
    float weight = weights ? weights[row] : 1;
    if (label < 0 || label >= columns) {
      losses[row] = 0;
      if (g) for (ptrdiff_t i = 0; i < columns; i++) g[i] = 0;
      continue;
    }
    float most = largest(columns, x), wanted = x[label];
    double sum = 0;
    for (ptrdiff_t start = 0; start < columns; start += BLOCK) {
      ptrdiff_t length = columns - start < BLOCK ? columns - start : BLOCK;
      sum += exponentials(length, x + start, most, block);
      if (g) memcpy(g + start, block, sizeof(float) * (size_t)length);
    }
    losses[row] = weight * (float)(log(sum) - ((double)wanted - most));
    if (g) {
      float factor = weight * gradient_scale, share = (float)(factor / sum);
      INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) g[i] *= share;
      g[label] -= factor;
    }
  }
}

CLONED void conch_l2_normalize(ptrdiff_t rows, ptrdiff_t columns, float epsilon, const float *x,
                               float *y) {
  for (ptrdiff_t row = 0; row < rows; row++, x += columns, y += columns) {
    double squares = dot(columns, x, x);
    float inverse = (float)(1 / sqrt(squares < epsilon ? epsilon : squares));
    INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) y[i] = x[i] * inverse;
  }
}

// dx = (dy − y · sum(y · dy)) / length; below epsilon the length is a constant.
CLONED void conch_l2_normalize_gradient(ptrdiff_t rows, ptrdiff_t columns, float epsilon,
                                        const float *x, const float *dy, float *dx,
                                        bool accumulate) {
  for (ptrdiff_t row = 0; row < rows; row++, x += columns, dy += columns, dx += columns) {
    double squares = dot(columns, x, x);
    bool constant = squares < epsilon;
    double inverse = 1 / sqrt(constant ? epsilon : squares);
    float along = constant ? 0 : (float)(dot(columns, x, dy) * inverse * inverse);
    float scale = (float)inverse;
    if (accumulate) {
      INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) dx[i] += scale * (dy[i] - x[i] * along);
    } else {
      INDEPENDENT for (ptrdiff_t i = 0; i < columns; i++) dx[i] = scale * (dy[i] - x[i] * along);
    }
  }
}
