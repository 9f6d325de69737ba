// The register-blocked heart of a product, once for each instruction set. Expects LANES (floats in
// a vector), VECTOR, MOST_ROWS and MOST_VECTORS (a block of sums that fits the registers), TARGET
// (function attributes) and NAMED(name).

// ROWS × VECTORS sums: row r is the sum, over runs, of a[r · a_step + …] times rows of the panel.
#define BLOCK(ROWS, VECTORS)                                                             \
  TARGET static void NAMED(block_##ROWS##_##VECTORS)(                                    \
      const conch_run *runs, ptrdiff_t run_count, const float *a, ptrdiff_t a_step,      \
      const float *panel, ptrdiff_t columns, float *c, ptrdiff_t c_step,                 \
      bool accumulate) {                                                                 \
    enum { WIDTH = VECTORS * LANES };                                                    \
    VECTOR sum[ROWS][VECTORS];                                                           \
    UNROLL for (int r = 0; r < ROWS; r++)                                                \
      UNROLL for (int v = 0; v < VECTORS; v++)                                           \
        sum[r][v] = *(const VECTOR *)(panel + v * LANES);                                \
    for (ptrdiff_t run = 0; run < run_count; run++) {                                    \
      const float *from = a + runs[run].read;                                            \
      const float *weights = panel + (1 + runs[run].row) * WIDTH;                        \
      for (ptrdiff_t k = 0; k < runs[run].count; k++, from++, weights += WIDTH) {        \
        VECTOR weight[VECTORS];                                                          \
        UNROLL for (int v = 0; v < VECTORS; v++)                                         \
          weight[v] = *(const VECTOR *)(weights + v * LANES);                            \
        UNROLL for (int r = 0; r < ROWS; r++) {                                          \
          VECTOR value = from[r * a_step];                                               \
          UNROLL for (int v = 0; v < VECTORS; v++) sum[r][v] += value * weight[v];       \
        }                                                                                \
      }                                                                                  \
    }                                                                                    \
    if (columns == WIDTH && !accumulate) {                                               \
      UNROLL for (int r = 0; r < ROWS; r++)                                              \
        UNROLL for (int v = 0; v < VECTORS; v++)                                         \
          *(VECTOR *)(c + r * c_step + v * LANES) = sum[r][v];                           \
      return;                                                                            \
    }                                                                                    \
    float wide[WIDTH];                                                                   \
    UNROLL for (int r = 0; r < ROWS; r++) {                                              \
      UNROLL for (int v = 0; v < VECTORS; v++) *(VECTOR *)(wide + v * LANES) = sum[r][v];\
      float *to = c + r * c_step;                                                        \
      if (accumulate) {                                                                  \
        for (ptrdiff_t j = 0; j < columns; j++) to[j] += wide[j];                        \
      } else {                                                                           \
        for (ptrdiff_t j = 0; j < columns; j++) to[j] = wide[j];                         \
      }                                                                                  \
    }                                                                                    \
  }

// The expansion of MOST_ROWS must come before its name is pasted.
#define BLOCKS_OF(ROWS, VECTORS) BLOCK(ROWS, VECTORS)

BLOCKS_OF(MOST_ROWS, 1) BLOCK(4, 1) BLOCK(2, 1) BLOCK(1, 1)
BLOCKS_OF(MOST_ROWS, 2) BLOCK(4, 2) BLOCK(2, 2) BLOCK(1, 2)
#if MOST_VECTORS > 2
BLOCKS_OF(MOST_ROWS, 3) BLOCK(4, 3) BLOCK(2, 3) BLOCK(1, 3)
#endif

#undef BLOCK
#undef BLOCKS_OF

#define CALL_BLOCK_OF(ROWS, VECTORS) NAMED(block_##ROWS##_##VECTORS)
#define CALL_BLOCK(ROWS, VECTORS) CALL_BLOCK_OF(ROWS, VECTORS)
#define ROWS_LEFT(ROWS, VECTORS)                                                         \
  for (; row + ROWS <= rows; row += ROWS)                                                \
    CALL_BLOCK(ROWS, VECTORS)(runs, run_count, a + row * a_step, a_step, panel, columns, \
                              c + row * c_step, c_step, accumulate);
#define ALL_ROWS(VECTORS)                                                                \
  ROWS_LEFT(MOST_ROWS, VECTORS)                                                          \
  ROWS_LEFT(4, VECTORS) ROWS_LEFT(2, VECTORS) ROWS_LEFT(1, VECTORS)

// Any number of rows against one panel of at most MOST_VECTORS vectors.
static void NAMED(rows)(const conch_run *runs, ptrdiff_t run_count, const float *a,
                        ptrdiff_t a_step, const float *panel, ptrdiff_t columns, float *c,
                        ptrdiff_t c_step, ptrdiff_t rows, bool accumulate) {
  ptrdiff_t row = 0;
  if (columns <= LANES) {
    ALL_ROWS(1)
  } else if (columns <= 2 * LANES) {
    ALL_ROWS(2)
  }
#if MOST_VECTORS > 2
  else {
    ALL_ROWS(3)
  }
#endif
}

#undef CALL_BLOCK_OF
#undef CALL_BLOCK
#undef ROWS_LEFT
#undef ALL_ROWS
#undef LANES
#undef VECTOR
#undef MOST_ROWS
#undef MOST_VECTORS
#undef TARGET
#undef NAMED
