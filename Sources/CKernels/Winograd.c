// The transforms of Winograd's convolutions: a tile of 4×4 outputs of a 3×3 kernel takes 36
// multiplications a channel in place of 144. See Sources/Kernels/WinogradConvolution.swift.
//
// The points are 0, ±a, ±b, ∞ with a = √½ and b = √2: with a·b = 1 the transforms hardly grow what
// they are given, and the error is a third of that of the usual 1 and 2.

#include "CKernels.h"
#include "Vector.h"

enum { TILE = 4, PATCH = 6, TAPS = 3, PLACES = PATCH * PATCH, LANES = 16 };

static const float a = 0.70710678118654752f, b = 1.41421356237309505f;
static const float a3 = 0.35355339059327376f, b3 = 2.82842712474619010f;

typedef float16 vector;

// Of six values in a row, what the six products are made of (Bᵀ).
#define PATCH_ROW(x0, x1, x2, x3, x4, x5, to, step)  \
  do {                                               \
    vector ea = x4 - 2.0f * x2, oa = a * x3 - b * x1; \
    vector eb = x4 - 0.5f * x2, ob = b * x3 - a * x1; \
    (to)[0 * (step)] = x0 - 2.5f * x2 + x4;          \
    (to)[1 * (step)] = ea + oa;                      \
    (to)[2 * (step)] = ea - oa;                      \
    (to)[3 * (step)] = eb + ob;                      \
    (to)[4 * (step)] = eb - ob;                      \
    (to)[5 * (step)] = x1 - 2.5f * x3 + x5;          \
  } while (0)

CLONED void conch_winograd_patches(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                                   const float *read, ptrdiff_t place, float *patches) {
  ptrdiff_t channels = map->channels;
  for (ptrdiff_t line = begin; line < end; line++) {
    ptrdiff_t top = line % map->rows * TILE - map->top;
    const float *image = read + line / map->rows * map->height * map->width * channels;
    for (ptrdiff_t column = 0; column < map->columns; column++) {
      ptrdiff_t left = column * TILE - map->left;
      bool is_inside = top >= 0 && left >= 0 && top + PATCH <= map->height &&
                       left + PATCH <= map->width;
      float *to = patches + ((line - begin) * map->columns + column) * channels;
      for (ptrdiff_t c = 0; c < channels; c += LANES) {
        vector x[PATCH][PATCH], t[PATCH][PATCH];
        if (is_inside) {
          const float *from = image + (top * map->width + left) * channels + c;
          for (int i = 0; i < PATCH; i++)
            for (int j = 0; j < PATCH; j++)
              x[i][j] = *(const vector *)(from + (i * map->width + j) * channels);
        } else {
          for (ptrdiff_t i = 0; i < PATCH; i++)
            for (ptrdiff_t j = 0; j < PATCH; j++) {
              ptrdiff_t y = top + i, z = left + j;
              bool is_there = y >= 0 && y < map->height && z >= 0 && z < map->width;
              x[i][j] = is_there
                            ? *(const vector *)(image + (y * map->width + z) * channels + c)
                            : (vector)0.0f;
            }
        }
        for (int i = 0; i < PATCH; i++)
          PATCH_ROW(x[i][0], x[i][1], x[i][2], x[i][3], x[i][4], x[i][5], &t[i][0], 1);
        for (int j = 0; j < PATCH; j++) {
          vector sums[PATCH];
          PATCH_ROW(t[0][j], t[1][j], t[2][j], t[3][j], t[4][j], t[5][j], sums, 1);
          for (int i = 0; i < PATCH; i++)
            *(vector *)(to + (i * PATCH + j) * place + c) = sums[i];
        }
      }
    }
  }
}

// Of the six products in a row, the four outputs (Aᵀ).
#define TILE_ROW(m0, m1, m2, m3, m4, m5, to)          \
  do {                                                \
    vector sa = m1 + m2, da = m1 - m2;                \
    vector sb = m3 + m4, db = m3 - m4;                \
    (to)[0] = m0 + sa + sb;                           \
    (to)[1] = a * da + b * db;                        \
    (to)[2] = 0.5f * sa + 2.0f * sb;                  \
    (to)[3] = a3 * da + b3 * db + m5;                 \
  } while (0)

CLONED void conch_winograd_outputs(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                                   const float *products, ptrdiff_t place, const float *bias,
                                   bool accumulate, float *written) {
  ptrdiff_t channels = map->channels;
  for (ptrdiff_t line = begin; line < end; line++) {
    ptrdiff_t top = line % map->rows * TILE;
    ptrdiff_t height = map->height - top < TILE ? map->height - top : TILE;
    float *image = written + line / map->rows * map->height * map->width * channels;
    for (ptrdiff_t column = 0; column < map->columns; column++) {
      ptrdiff_t left = column * TILE;
      ptrdiff_t width = map->width - left < TILE ? map->width - left : TILE;
      const float *from = products + ((line - begin) * map->columns + column) * channels;
      float *to = image + (top * map->width + left) * channels;
      for (ptrdiff_t c = 0; c < channels; c += LANES) {
        vector m[PATCH], t[PATCH][TILE], y[TILE][TILE];
        for (int i = 0; i < PATCH; i++) {
          for (int j = 0; j < PATCH; j++)
            m[j] = *(const vector *)(from + (i * PATCH + j) * place + c);
          TILE_ROW(m[0], m[1], m[2], m[3], m[4], m[5], t[i]);
        }
        vector offset = bias ? *(const vector *)(bias + c) : (vector)0.0f;
        for (int j = 0; j < TILE; j++) {
          vector sums[TILE];
          TILE_ROW(t[0][j], t[1][j], t[2][j], t[3][j], t[4][j], t[5][j], sums);
          for (int i = 0; i < TILE; i++) y[i][j] = sums[i] + offset;
        }
        for (ptrdiff_t i = 0; i < height; i++)
          for (ptrdiff_t j = 0; j < width; j++) {
            vector *at = (vector *)(to + (i * map->width + j) * channels + c);
            *at = accumulate ? *at + y[i][j] : y[i][j];
          }
      }
    }
  }
}

// Of three taps in a row, the six factors (G).
#define TAP_ROW(g0, g1, g2, to)                                    \
  do {                                                             \
    vector ea = (g0 + 0.5f * g2) * (-1 / 1.5f), oa = g1 * (a / -1.5f); \
    vector eb = (g0 + 2.0f * g2) * (1 / 6.0f), ob = g1 * (b / 6.0f);   \
    (to)[0] = g0;                                                  \
    (to)[1] = ea + oa;                                             \
    (to)[2] = ea - oa;                                             \
    (to)[3] = eb + ob;                                             \
    (to)[4] = eb - ob;                                             \
    (to)[5] = g2;                                                  \
  } while (0)

CLONED void conch_winograd_kernel(ptrdiff_t count, ptrdiff_t tap_step, const float *kernel,
                                  ptrdiff_t place, float *factors) {
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    vector g[TAPS][TAPS], t[TAPS][PATCH];
    for (int i = 0; i < TAPS; i++) {
      for (int j = 0; j < TAPS; j++)
        g[i][j] = *(const vector *)(kernel + (TAPS * i + j) * tap_step + c);
      TAP_ROW(g[i][0], g[i][1], g[i][2], t[i]);
    }
    for (int j = 0; j < PATCH; j++) {
      vector column[PATCH];
      TAP_ROW(t[0][j], t[1][j], t[2][j], column);
      for (int i = 0; i < PATCH; i++)
        *(vector *)(factors + (i * PATCH + j) * place + c) = column[i];
    }
  }
}

// Of four gradients in a row, the six factors (G for a kernel of four taps).
#define GRADIENT_ROW(g0, g1, g2, g3, to)                                                 \
  do {                                                                                   \
    vector ea = (g0 + 0.5f * g2) * (-1 / 1.5f), oa = g1 * (a / -1.5f) + g3 * (a3 / -1.5f); \
    vector eb = (g0 + 2.0f * g2) * (1 / 6.0f), ob = g1 * (b / 6.0f) + g3 * (b3 / 6.0f);    \
    (to)[0] = g0;                                                                        \
    (to)[1] = ea + oa;                                                                   \
    (to)[2] = ea - oa;                                                                   \
    (to)[3] = eb + ob;                                                                   \
    (to)[4] = eb - ob;                                                                   \
    (to)[5] = g3;                                                                        \
  } while (0)

CLONED void conch_winograd_gradients(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                                     const float *d, ptrdiff_t place, float *factors) {
  ptrdiff_t channels = map->channels;
  for (ptrdiff_t line = begin; line < end; line++) {
    ptrdiff_t top = line % map->rows * TILE;
    ptrdiff_t height = map->height - top < TILE ? map->height - top : TILE;
    const float *image = d + line / map->rows * map->height * map->width * channels;
    for (ptrdiff_t column = 0; column < map->columns; column++) {
      ptrdiff_t left = column * TILE;
      ptrdiff_t width = map->width - left < TILE ? map->width - left : TILE;
      const float *from = image + (top * map->width + left) * channels;
      float *to = factors + ((line - begin) * map->columns + column) * channels;
      for (ptrdiff_t c = 0; c < channels; c += LANES) {
        vector x[TILE][TILE], t[TILE][PATCH];
        for (ptrdiff_t i = 0; i < TILE; i++)
          for (ptrdiff_t j = 0; j < TILE; j++)
            x[i][j] = i < height && j < width
                          ? *(const vector *)(from + (i * map->width + j) * channels + c)
                          : (vector)0.0f;
        for (int i = 0; i < TILE; i++) GRADIENT_ROW(x[i][0], x[i][1], x[i][2], x[i][3], t[i]);
        for (int j = 0; j < PATCH; j++) {
          vector sums[PATCH];
          GRADIENT_ROW(t[0][j], t[1][j], t[2][j], t[3][j], sums);
          for (int i = 0; i < PATCH; i++)
            *(vector *)(to + (i * PATCH + j) * place + c) = sums[i];
        }
      }
    }
  }
}

// Of the six sums in a row, the gradients of the three taps (Aᵀ for three outputs).
#define KERNEL_ROW(m0, m1, m2, m3, m4, m5, to) \
  do {                                         \
    vector sa = m1 + m2, sb = m3 + m4;         \
    (to)[0] = m0 + sa + sb;                    \
    (to)[1] = a * (m1 - m2) + b * (m3 - m4);   \
    (to)[2] = 0.5f * sa + 2.0f * sb + m5;      \
  } while (0)

CLONED void conch_winograd_kernel_gradient(ptrdiff_t count, ptrdiff_t place, const float *sums,
                                           ptrdiff_t tap_step, bool accumulate, float *gradient) {
  for (ptrdiff_t c = 0; c < count; c += LANES) {
    vector m[PATCH], t[PATCH][TAPS];
    for (int i = 0; i < PATCH; i++) {
      for (int j = 0; j < PATCH; j++)
        m[j] = *(const vector *)(sums + (i * PATCH + j) * place + c);
      KERNEL_ROW(m[0], m[1], m[2], m[3], m[4], m[5], t[i]);
    }
    for (int j = 0; j < TAPS; j++) {
      vector column[TAPS];
      KERNEL_ROW(t[0][j], t[1][j], t[2][j], t[3][j], t[4][j], t[5][j], column);
      for (int i = 0; i < TAPS; i++) {
        vector *to = (vector *)(gradient + (i * TAPS + j) * tap_step + c);
        *to = accumulate ? *to + column[i] : column[i];
      }
    }
  }
}
