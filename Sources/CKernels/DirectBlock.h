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
    UNROLL for (int r = 0; r < ROWS; r++) {                                              \
      float *to = c + r * c_step;                                                        \
      UNROLL for (int v = 0; v < VECTORS; v++) {                                         \
        if (columns >= (v + 1) * LANES) {                                                \
          VECTOR *place = (VECTOR *)(to + v * LANES);                                    \
          *place = accumulate ? *place + sum[r][v] : sum[r][v];                          \
        } else {                                                                         \
          float part[LANES];                                                             \
          *(VECTOR *)part = sum[r][v];                                                   \
          store_part(to + v * LANES, part, columns - v * LANES, accumulate);             \
        }                                                                                \
      }                                                                                  \
    }                                                                                    \
  }

// ROWS × VECTORS sums of a kernel gradient, kept at `sums`: row r adds, over the places of all
// runs, read[place · read_step + r] times the place's row of d.
#define GRADIENT_BLOCK(ROWS, VECTORS)                                                    \
  TARGET static void NAMED(gradient_##ROWS##_##VECTORS)(                                 \
      const conch_run *runs, ptrdiff_t run_count, const float *read, ptrdiff_t read_step,\
      const float *d, ptrdiff_t d_step, float *sums, ptrdiff_t sums_step) {              \
    VECTOR sum[ROWS][VECTORS];                                                           \
    UNROLL for (int r = 0; r < ROWS; r++)                                                \
      UNROLL for (int v = 0; v < VECTORS; v++)                                           \
        sum[r][v] = *(const VECTOR *)(sums + r * sums_step + v * LANES);                 \
    for (ptrdiff_t run = 0; run < run_count; run++) {                                    \
      const float *from = read + runs[run].read, *above = d + runs[run].row * d_step;    \
      for (ptrdiff_t p = runs[run].count; p > 0; p--, from += read_step, above += d_step) {\
        VECTOR weight[VECTORS];                                                          \
        UNROLL for (int v = 0; v < VECTORS; v++)                                         \
          weight[v] = *(const VECTOR *)(above + v * LANES);                              \
        UNROLL for (int r = 0; r < ROWS; r++) {                                          \
          VECTOR value = from[r];                                                        \
          UNROLL for (int v = 0; v < VECTORS; v++) sum[r][v] += value * weight[v];       \
        }                                                                                \
      }                                                                                  \
    }                                                                                    \
    UNROLL for (int r = 0; r < ROWS; r++)                                                \
      UNROLL for (int v = 0; v < VECTORS; v++)                                           \
        *(VECTOR *)(sums + r * sums_step + v * LANES) = sum[r][v];                       \
  }

// MOST_ROWS must be expanded before its name is pasted.
#define BLOCKS_OF(ROWS, VECTORS) BLOCK(ROWS, VECTORS) GRADIENT_BLOCK(ROWS, VECTORS)

BLOCKS_OF(MOST_ROWS, 1) BLOCKS_OF(4, 1) BLOCKS_OF(2, 1) BLOCKS_OF(1, 1)
BLOCKS_OF(MOST_ROWS, 2) BLOCKS_OF(4, 2) BLOCKS_OF(2, 2) BLOCKS_OF(1, 2)
#if MOST_VECTORS > 2
BLOCKS_OF(MOST_ROWS, 3) BLOCKS_OF(4, 3) BLOCKS_OF(2, 3) BLOCKS_OF(1, 3)
#endif

#undef BLOCK
#undef GRADIENT_BLOCK
#undef BLOCKS_OF

#define JOINED(A, B, C) NAMED(A##_##B##_##C)
#define EXPANDED(A, B, C) JOINED(A, B, C)

#define ROWS_LEFT(ROWS, VECTORS)                                                         \
  for (; row + ROWS <= rows; row += ROWS) {                                              \
    fetch(a + (row + ROWS) * a_step, ROWS * a_step);                                     \
    EXPANDED(block, ROWS, VECTORS)(runs, run_count, a + row * a_step, a_step, panel,     \
                                   columns, c + row * c_step, c_step, accumulate);       \
  }
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

#undef ROWS_LEFT
#define ROWS_LEFT(ROWS, VECTORS)                                                         \
  for (; row + ROWS <= rows; row += ROWS)                                                \
    EXPANDED(gradient, ROWS, VECTORS)(runs, run_count, read + row, read_step, d, d_step, \
                                      sums + row * sums_step, sums_step);

// Any number of rows of a kernel gradient, at most MOST_VECTORS vectors wide.
static void NAMED(gradient)(const conch_run *runs, ptrdiff_t run_count, const float *read,
                            ptrdiff_t read_step, const float *d, ptrdiff_t d_step, float *sums,
                            ptrdiff_t sums_step, ptrdiff_t rows, ptrdiff_t columns) {
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

#undef JOINED
#undef EXPANDED
#undef ROWS_LEFT
#undef ALL_ROWS
#undef LANES
#undef VECTOR
#undef MOST_ROWS
#undef MOST_VECTORS
#undef TARGET
#undef NAMED
