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

// A block for each number of rows that can be left: lines of a map are often short.
#define BLOCKS_OF(ROWS, VECTORS) BLOCK(ROWS, VECTORS) GRADIENT_BLOCK(ROWS, VECTORS)
#define BLOCKS_UP_TO_6(VECTORS)                                                          \
  BLOCKS_OF(1, VECTORS) BLOCKS_OF(2, VECTORS) BLOCKS_OF(3, VECTORS)                      \
  BLOCKS_OF(4, VECTORS) BLOCKS_OF(5, VECTORS) BLOCKS_OF(6, VECTORS)
#if MOST_ROWS > 6
#define ALL_BLOCKS(VECTORS)                                                              \
  BLOCKS_UP_TO_6(VECTORS) BLOCKS_OF(7, VECTORS) BLOCKS_OF(8, VECTORS)
#else
#define ALL_BLOCKS(VECTORS) BLOCKS_UP_TO_6(VECTORS)
#endif

ALL_BLOCKS(1) ALL_BLOCKS(2)
#if MOST_VECTORS > 2
ALL_BLOCKS(3)
#endif

#undef BLOCK
#undef GRADIENT_BLOCK
#undef BLOCKS_OF
#undef BLOCKS_UP_TO_6
#undef ALL_BLOCKS

#define JOINED(A, B, C) NAMED(A##_##B##_##C)
#define EXPANDED(A, B, C) JOINED(A, B, C)

#define CALL(ROWS, VECTORS)                                                              \
  EXPANDED(block, ROWS, VECTORS)(runs, run_count, a + row * a_step, a_step, panel,       \
                                 columns, c + row * c_step, c_step, accumulate)
#define WHOLE_BLOCKS(VECTORS)                                                            \
  for (; row + MOST_ROWS <= rows; row += MOST_ROWS) {                                    \
    fetch(a + (row + MOST_ROWS) * a_step, MOST_ROWS * a_step);                           \
    CALL(MOST_ROWS, VECTORS);                                                            \
  }
#define LEFT(ROWS, VECTORS) case ROWS: CALL(ROWS, VECTORS); break;
#if MOST_ROWS > 6
#define MORE_LEFT(VECTORS) LEFT(6, VECTORS) LEFT(7, VECTORS)
#else
#define MORE_LEFT(VECTORS)
#endif
#define ALL_ROWS(VECTORS)                                                                \
  WHOLE_BLOCKS(VECTORS)                                                                  \
  switch (rows - row) {                                                                  \
    LEFT(1, VECTORS) LEFT(2, VECTORS) LEFT(3, VECTORS) LEFT(4, VECTORS)                  \
    LEFT(5, VECTORS) MORE_LEFT(VECTORS)                                                  \
  }

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

#undef CALL
#undef WHOLE_BLOCKS
#define CALL(ROWS, VECTORS)                                                              \
  EXPANDED(gradient, ROWS, VECTORS)(runs, run_count, read + row, read_step, d, d_step,   \
                                    sums + row * sums_step, sums_step)
#define WHOLE_BLOCKS(VECTORS)                                                            \
  for (; row + MOST_ROWS <= rows; row += MOST_ROWS) CALL(MOST_ROWS, VECTORS);

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
#undef CALL
#undef WHOLE_BLOCKS
#undef LEFT
#undef MORE_LEFT
#undef ALL_ROWS
#undef LANES
#undef VECTOR
#undef MOST_ROWS
#undef MOST_VECTORS
#undef TARGET
#undef NAMED
