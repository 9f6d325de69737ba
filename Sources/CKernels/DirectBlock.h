// The register-blocked heart of a product, once for each instruction set. Expects LANES (floats in
// a vector), VECTOR, MOST_VECTORS (of a panel), MOST_ROWS_1, _2 and _3 (the rows of a block of so
// many vectors: its sums fill the registers), TARGET (function attributes) and NAMED(name).

// ROWS × VECTORS sums: row r is the sum, over runs, of a[r · a_step + …] times rows of the panel.
#define BLOCK(ROWS, VECTORS)                                                             \
  TARGET static void NAMED(block_##ROWS##_##VECTORS)(                                    \
      const conch_run *runs, ptrdiff_t run_count, const float *a, ptrdiff_t a_step,      \
      const float *panel, ptrdiff_t columns, float *c, ptrdiff_t c_step,                 \
      conch_finish finish) {                                                             \
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
    if (columns < WIDTH) {                                                               \
      float part[ROWS][WIDTH];                                                           \
      UNROLL for (int r = 0; r < ROWS; r++)                                              \
        UNROLL for (int v = 0; v < VECTORS; v++)                                         \
          *(VECTOR *)(part[r] + v * LANES) = sum[r][v];                                  \
      for (int r = 0; r < ROWS; r++) finish_row(part[r], columns, finish, c + r * c_step); \
      return;                                                                            \
    }                                                                                    \
    if (finish.accumulate)                                                               \
      UNROLL for (int r = 0; r < ROWS; r++)                                              \
        UNROLL for (int v = 0; v < VECTORS; v++)                                         \
          sum[r][v] += *(const VECTOR *)(c + r * c_step + v * LANES);                    \
    VECTOR low = finish.low, high = finish.high;                                         \
    UNROLL for (int r = 0; r < ROWS; r++)                                                \
      UNROLL for (int v = 0; v < VECTORS; v++)                                           \
        *(VECTOR *)(c + r * c_step + v * LANES) = BETWEEN(low, sum[r][v], high);         \
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

// A block for each number of rows up to the most of so many vectors: lines of a map are often short.
#define ROWS_TO_6(DO, V) DO(1, V) DO(2, V) DO(3, V) DO(4, V) DO(5, V) DO(6, V)
#define ROWS_TO_8(DO, V) ROWS_TO_6(DO, V) DO(7, V) DO(8, V)
#define ROWS_TO_12(DO, V) ROWS_TO_8(DO, V) DO(9, V) DO(10, V) DO(11, V) DO(12, V)
#define ROWS_TO_16(DO, V) ROWS_TO_12(DO, V) DO(13, V) DO(14, V) DO(15, V) DO(16, V)
#define JOINED(A, B) A##B
#define EXPANDED(A, B) JOINED(A, B)
#define ALL_ROWS(DO, V) EXPANDED(ROWS_TO_, MOST_ROWS_##V)(DO, V)

#define BLOCKS_OF(ROWS, VECTORS) BLOCK(ROWS, VECTORS) GRADIENT_BLOCK(ROWS, VECTORS)
ALL_ROWS(BLOCKS_OF, 1) ALL_ROWS(BLOCKS_OF, 2)
#if MOST_VECTORS > 2
ALL_ROWS(BLOCKS_OF, 3)
#endif

// Rows are shared evenly among as few blocks as can be: a block of few rows waits for its sums.
#define SHARED(VECTORS)                                                                  \
  for (ptrdiff_t blocks = (rows + MOST_ROWS_##VECTORS - 1) / MOST_ROWS_##VECTORS, row = 0, taken; \
       blocks > 0; blocks--, row += taken) {                                             \
    taken = (rows - row + blocks - 1) / blocks;                                          \
    NEXT                                                                                 \
    switch (taken) { ALL_ROWS(CASE, VECTORS) }                                           \
  }

#define NEXT fetch(a + (row + taken) * a_step, taken * a_step);
#define CASE(ROWS, VECTORS)                                                              \
  case ROWS:                                                                             \
    NAMED(block_##ROWS##_##VECTORS)(runs, run_count, a + row * a_step, a_step, panel,    \
                                    columns, c + row * c_step, c_step, finish);          \
    break;

// Any number of rows against one panel of at most MOST_VECTORS vectors.
static void NAMED(rows)(const conch_run *runs, ptrdiff_t run_count, const float *a,
                        ptrdiff_t a_step, const float *panel, ptrdiff_t columns, float *c,
                        ptrdiff_t c_step, ptrdiff_t rows, conch_finish finish) {
  if (columns <= LANES) {
    SHARED(1)
  } else if (columns <= 2 * LANES) {
    SHARED(2)
  }
#if MOST_VECTORS > 2
  else {
    SHARED(3)
  }
#endif
}

#undef NEXT
#undef CASE
#define NEXT
#define CASE(ROWS, VECTORS)                                                              \
  case ROWS:                                                                             \
    NAMED(gradient_##ROWS##_##VECTORS)(runs, run_count, read + row, read_step, d, d_step, \
                                       sums + row * sums_step, sums_step);               \
    break;

// Any number of rows of a kernel gradient, at most MOST_VECTORS vectors wide.
static void NAMED(gradient)(const conch_run *runs, ptrdiff_t run_count, const float *read,
                            ptrdiff_t read_step, const float *d, ptrdiff_t d_step, float *sums,
                            ptrdiff_t sums_step, ptrdiff_t rows, ptrdiff_t columns) {
  if (columns <= LANES) {
    SHARED(1)
  } else if (columns <= 2 * LANES) {
    SHARED(2)
  }
#if MOST_VECTORS > 2
  else {
    SHARED(3)
  }
#endif
}

#undef BLOCK
#undef GRADIENT_BLOCK
#undef BLOCKS_OF
#undef ROWS_TO_6
#undef ROWS_TO_8
#undef ROWS_TO_12
#undef ROWS_TO_16
#undef JOINED
#undef EXPANDED
#undef ALL_ROWS
#undef SHARED
#undef NEXT
#undef CASE
#undef LANES
#undef VECTOR
#undef MOST_VECTORS
#undef MOST_ROWS_1
#undef MOST_ROWS_2
#undef MOST_ROWS_3
#undef TARGET
#undef NAMED
