// Loops over values that do not depend on each other. A NaN goes in and a NaN comes out.

#include "CKernels.h"
#include "Vector.h"

CLONED void conch_activate(ptrdiff_t count, int32_t activation, float slope, const float *x,
                           float *y) {
  switch (activation) {
    case CONCH_RELU:
      INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
      break;
    case CONCH_RELU6:
      INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
        float z = x[i] < 0 ? 0 : x[i];
        y[i] = z > 6 ? 6 : z;
      }
      break;
    case CONCH_LEAKY:
      INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
        float low = x[i] * slope;
        y[i] = x[i] < 0 ? low : x[i];
      }
      break;
    case CONCH_SIGMOID:
      INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = sigmoid_of(x[i]);
      break;
    default:
      if (x != y) memmove(y, x, sizeof(float) * (size_t)count);
  }
}

// The derivative from the output y; `keep` is 1 to add to dx, 0 to overwrite it.
#define ACTIVATION_GRADIENT(DERIVATIVE)                                             \
  if (accumulate) {                                                                 \
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) dx[i] += (DERIVATIVE);        \
  } else {                                                                          \
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) dx[i] = (DERIVATIVE);         \
  }

CLONED void conch_activation_gradient(ptrdiff_t count, int32_t activation, float slope,
                                      const float *y, const float *dy, float *dx,
                                      bool accumulate) {
  switch (activation) {
    case CONCH_RELU: ACTIVATION_GRADIENT(y[i] > 0 ? dy[i] : 0) break;
    case CONCH_RELU6: ACTIVATION_GRADIENT(((y[i] > 0) & (y[i] < 6)) ? dy[i] : 0) break;
    case CONCH_LEAKY: ACTIVATION_GRADIENT(dy[i] * (y[i] > 0 ? 1.0f : slope)) break;
    case CONCH_SIGMOID: ACTIVATION_GRADIENT(dy[i] * (y[i] * (1.0f - y[i]))) break;
    default: ACTIVATION_GRADIENT(dy[i])
  }
}

CLONED void conch_fill(ptrdiff_t count, float value, float *y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = value;
}

CLONED void conch_add(ptrdiff_t count, const float *a, const float *b, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

CLONED void conch_multiply(ptrdiff_t count, const float *a, const float *b, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

CLONED void conch_scale(ptrdiff_t count, float factor, float offset, const float *x, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = factor * x[i] + offset;
}

CLONED void conch_accumulate(ptrdiff_t count, float factor, const float *x, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] += factor * x[i];
}

CLONED void conch_exp(ptrdiff_t count, const float *x, float *y) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) y[i] = exp_of(x[i]);
}

CLONED void conch_add_bias(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *bias,
                           float *y) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) y[c] = x[c] + bias[c];
    x += channels;
    y += channels;
  }
}

#define BIAS_LOOP(VALUE)                                                            \
  for (ptrdiff_t row = 0; row < rows; row++, y += step) {                           \
    if (bias) {                                                                     \
      INDEPENDENT for (ptrdiff_t c = 0; c < columns; c++) {                         \
        float z = y[c] + bias[c];                                                   \
        y[c] = (VALUE);                                                             \
      }                                                                             \
    } else {                                                                        \
      INDEPENDENT for (ptrdiff_t c = 0; c < columns; c++) {                         \
        float z = y[c];                                                             \
        y[c] = (VALUE);                                                             \
      }                                                                             \
    }                                                                               \
  }

INLINE float relu_of(float z) { return z < 0 ? 0 : z; }
INLINE float least_of(float a, float b) { return a > b ? b : a; }

CLONED void conch_bias_activate(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step,
                                const float *bias, int32_t activation, float slope, float *y) {
  switch (activation) {
    case CONCH_RELU: BIAS_LOOP(relu_of(z)) break;
    case CONCH_RELU6: BIAS_LOOP(least_of(relu_of(z), 6)) break;
    case CONCH_LEAKY: BIAS_LOOP(z < 0 ? z * slope : z) break;
    case CONCH_SIGMOID: BIAS_LOOP(sigmoid_of(z)) break;
    default:
      if (bias) BIAS_LOOP(z)
  }
}

CLONED void conch_copy_channels(ptrdiff_t rows, ptrdiff_t channels, const float *source,
                                ptrdiff_t source_step, float *destination,
                                ptrdiff_t destination_step, bool accumulate) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    if (accumulate) {
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) destination[c] += source[c];
    } else {
      INDEPENDENT for (ptrdiff_t c = 0; c < channels; c++) destination[c] = source[c];
    }
    source += source_step;
    destination += destination_step;
  }
}

CLONED void conch_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *from, ptrdiff_t step,
                            float *to, bool accumulate) {
  enum { SIDE = 16 };
  for (ptrdiff_t r0 = 0; r0 < rows; r0 += SIDE) {
    ptrdiff_t r1 = r0 + SIDE < rows ? r0 + SIDE : rows;
    for (ptrdiff_t c = 0; c < columns; c++)
      for (ptrdiff_t r = r0; r < r1; r++) {
        float value = from[r * step + c];
        to[c * rows + r] = accumulate ? to[c * rows + r] + value : value;
      }
  }
}

// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011): counter (block, 0), key.
enum { PHILOX_BLOCKS = 64 };

INLINE void philox_blocks(uint64_t first, uint64_t key, uint32_t random[4][PHILOX_BLOCKS]) {
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  for (int b = 0; b < PHILOX_BLOCKS; b++) {
    random[0][b] = (uint32_t)(first + (uint64_t)b);
    random[1][b] = (uint32_t)((first + (uint64_t)b) >> 32);
    random[2][b] = 0;
    random[3][b] = 0;
  }
  for (int round = 0; round < 10; round++) {
    for (int b = 0; b < PHILOX_BLOCKS; b++) {
      uint64_t p0 = (uint64_t)0xD2511F53u * random[0][b];
      uint64_t p1 = (uint64_t)0xCD9E8D57u * random[2][b];
      uint32_t r0 = (uint32_t)(p1 >> 32) ^ random[1][b] ^ key0;
      uint32_t r2 = (uint32_t)(p0 >> 32) ^ random[3][b] ^ key1;
      random[0][b] = r0;
      random[1][b] = (uint32_t)p1;
      random[2][b] = r2;
      random[3][b] = (uint32_t)p0;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

// Elements are taken in groups of 256: element j of group g gets word j / 64 of block
// 64 · g + j % 64. `first` is a multiple of 256.
CLONED void conch_dropout(ptrdiff_t first, ptrdiff_t count, uint32_t threshold, float scale,
                          uint64_t key, const float *x, float *y, bool accumulate) {
  enum { GROUP = 4 * PHILOX_BLOCKS };
  uint32_t random[4][PHILOX_BLOCKS];
  for (ptrdiff_t start = 0; start < count; start += GROUP) {
    philox_blocks((uint64_t)((first + start) / 4), key, random);
    for (ptrdiff_t word = 0; word < 4; word++) {
      ptrdiff_t begin = start + word * PHILOX_BLOCKS, left = count - begin;
      ptrdiff_t length = left < 0 ? 0 : left < PHILOX_BLOCKS ? left : PHILOX_BLOCKS;
      const float *from = x + begin;
      float *to = y + begin;
      INDEPENDENT for (ptrdiff_t i = 0; i < length; i++) {
        // A dropped infinity is 0, not NaN.
        float kept = random[word][i] < threshold ? 0 : from[i] * scale;
        to[i] = accumulate ? to[i] + kept : kept;
      }
    }
  }
}
