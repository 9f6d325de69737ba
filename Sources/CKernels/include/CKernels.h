#ifndef CONCH_CKERNELS_H
#define CONCH_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The pool of threads (Parallel.c).
enum { CONCH_THREAD_LIMIT = 64, CONCH_SCRATCH_FLOATS = 1 << 19 };
int conch_processor_count(void);
int conch_parallel_threads(void);
void conch_parallel_set_threads(int threads);
void conch_parallel_run(ptrdiff_t chunks, void (*body)(ptrdiff_t chunk, void *context),
                        void *context);
float *conch_scratch(void);

// Activations (Elementwise.c).
enum { CONCH_NO_ACTIVATION, CONCH_RELU, CONCH_RELU6, CONCH_LEAKY, CONCH_SIGMOID };
void conch_activate(ptrdiff_t count, int32_t activation, float slope, const float *x, float *y);
void conch_activation_gradient(ptrdiff_t count, int32_t activation, float slope, const float *y,
                               const float *dy, float *dx, bool accumulate);
void conch_fill(ptrdiff_t count, float value, float *y);
void conch_add(ptrdiff_t count, const float *a, const float *b, float *y);
void conch_multiply(ptrdiff_t count, const float *a, const float *b, float *y);
void conch_scale(ptrdiff_t count, float factor, float offset, const float *x, float *y);
void conch_accumulate(ptrdiff_t count, float factor, const float *x, float *y);
void conch_exp(ptrdiff_t count, const float *x, float *y);
void conch_add_bias(ptrdiff_t rows, ptrdiff_t channels, const float *x, const float *bias,
                    float *y);
// y = activation(y + bias) over columns of rows `step` floats apart; bias may be null.
void conch_bias_activate(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *bias,
                         int32_t activation, float slope, float *y);
void conch_copy_channels(ptrdiff_t rows, ptrdiff_t channels, const float *source,
                         ptrdiff_t source_step, float *destination, ptrdiff_t destination_step,
                         bool accumulate);
// to[column, row] (=, or +=) from[row, column], the rows of `from` `step` floats apart.
void conch_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *from, ptrdiff_t step,
                     float *to, bool accumulate);
void conch_dropout(ptrdiff_t first, ptrdiff_t count, uint32_t threshold, float scale, uint64_t key,
                   const float *x, float *y, bool accumulate);

// One axis of a convolution, seen from what is written: place t (0..<count) is written at
// first + pitch · t of an axis `length` long, and its tap j reads at base[j] + step · t of an axis
// `extent` long (nothing where that is outside); index[j] is the kernel's row or column.
typedef struct {
  ptrdiff_t count, first, pitch, length;
  ptrdiff_t extent, step, taps;
  const ptrdiff_t *base, *index;
} conch_axis;

// What is done with finished sums: they are added to what is there, then brought between low and
// high, which are infinite where nothing bounds them.
typedef struct {
  bool accumulate;
  float low, high;
} conch_finish;

// Depthwise convolution (Depthwise.c). A line is a row of places of one image; `lists` has room
// for four numbers a tap.
void conch_depthwise(const conch_axis *y, const conch_axis *x, ptrdiff_t channels,
                     const float *read, const float *kernel, ptrdiff_t kernel_width,
                     const float *bias, float *written, conch_finish finish,
                     ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists);
void conch_depthwise_kernel_gradient(const conch_axis *y, const conch_axis *x, ptrdiff_t channels,
                                     const float *read, const float *dy, ptrdiff_t kernel_width,
                                     float *gradient, ptrdiff_t line_begin, ptrdiff_t line_end,
                                     ptrdiff_t *lists);
void conch_depthwise_multiplied(const conch_axis *y, const conch_axis *x, ptrdiff_t channels,
                                ptrdiff_t multiplier, const float *read, const float *kernel,
                                ptrdiff_t kernel_width, const float *bias, float *written,
                                ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists);
void conch_depthwise_multiplied_input_gradient(
    const conch_axis *y, const conch_axis *x, ptrdiff_t channels, ptrdiff_t multiplier,
    const float *dy, const float *kernel, ptrdiff_t kernel_width, const float *bias, float *dx,
    bool accumulate, ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists);
void conch_depthwise_multiplied_kernel_gradient(
    const conch_axis *y, const conch_axis *x, ptrdiff_t channels, ptrdiff_t multiplier,
    const float *read, const float *dy, ptrdiff_t kernel_width, float *gradient,
    ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t *lists);

// Winograd's convolutions of 3×3 taps (Winograd.c). A map of images is cut into tiles of 4×4, in
// `rows` × `columns` of an image; work is given as lines of tiles, counted over all images.
// Channels are whole vectors of 16.
typedef struct {
  ptrdiff_t height, width, channels;  // of an image of the map
  ptrdiff_t rows, columns;            // tiles of an image
  ptrdiff_t top, left;                // how far a patch reaches out before its tile
} conch_tiles;
// Of the patch of 6×6 that each tile reads, the factors of its products: 36 matrices
// [tile, channel], `place` apart, that begin with the first of these tiles.
void conch_winograd_patches(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                            const float *read, ptrdiff_t place, float *patches);
// Of such matrices of products the tiles, with biases unless null.
void conch_winograd_outputs(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                            const float *products, ptrdiff_t place, const float *bias,
                            bool accumulate, float *written);
// Of `count` kernels whose taps are `tap_step` apart, backwards where it is below 0, the factors
// [36] each `place` apart.
void conch_winograd_kernel(ptrdiff_t count, ptrdiff_t tap_step, const float *kernel,
                           ptrdiff_t place, float *factors);
// Of the gradients of the tiles' outputs the factors of a kernel's gradient, as matrices again, and
// of the sums of products [36], each `place` apart, that gradient.
void conch_winograd_gradients(const conch_tiles *map, ptrdiff_t begin, ptrdiff_t end,
                              const float *d, ptrdiff_t place, float *factors);
void conch_winograd_kernel_gradient(ptrdiff_t count, ptrdiff_t place, const float *sums,
                                    ptrdiff_t tap_step, bool accumulate, float *gradient);

// Products and convolutions (Direct.c). The second factor, a matrix [depth, columns],
// is packed first: row 0 of `packed` takes the biases (`from` null: zeros), rows 1… the matrix.
// `packed` has room for (depth + 1) · (columns rounded up to 16) floats.
void conch_direct_pack(ptrdiff_t first_row, ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns,
                       const float *from, ptrdiff_t row_step, ptrdiff_t column_step,
                       float *packed);
void conch_direct_rows(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const float *a,
                       ptrdiff_t a_step, const float *packed, float *c, ptrdiff_t c_step,
                       conch_finish finish);
// The channels of a group: `count` of them from `first` on, of `all`.
typedef struct {
  ptrdiff_t all, first, count;
} conch_channels;
// Lines of a convolution; the matrix is [tap y, tap x, channel] by the axes' order of taps, and
// `lists` has room for six numbers a tap.
void conch_direct_lines(const conch_axis *y, const conch_axis *x, conch_channels reading,
                        conch_channels writing, const float *read, const float *packed,
                        float *written, conch_finish finish, ptrdiff_t line_begin,
                        ptrdiff_t line_end, ptrdiff_t *lists);
// Columns in whole vectors, as `sums` has them.
ptrdiff_t conch_direct_padded(ptrdiff_t columns);
// Adds to sums [rows, columns] the products of the places' rows of a `[places, rows]` with those of
// d `[places, columns]`; columns are whole vectors of 16.
void conch_direct_gradient(ptrdiff_t places, ptrdiff_t rows, ptrdiff_t columns, const float *a,
                           ptrdiff_t a_step, const float *d, ptrdiff_t d_step, float *sums,
                           ptrdiff_t sums_step);
// Adds to rows row_begin..<row_end of sums [tap y, tap x, channel; filter, padded] the products of
// `read` with the lines of d above it. `list` has room for three numbers a line, `beside` for the
// lines of d cut to 48 channels.
void conch_direct_kernel_gradient(const conch_axis *y, const conch_axis *x,
                                  conch_channels reading, conch_channels above,
                                  const float *read, const float *d, float *sums,
                                  ptrdiff_t line_begin, ptrdiff_t line_end, ptrdiff_t row_begin,
                                  ptrdiff_t row_end, ptrdiff_t *list, float *beside);

// Sums (Reduction.c).
typedef struct {
  double sum, squares;
  float minimum, maximum;
  ptrdiff_t finite, nan;
} conch_statistics_result;
enum { CONCH_COLUMN_BLOCK = 4096 };  // the most columns that one call takes
void conch_add_parts(ptrdiff_t count, ptrdiff_t parts, ptrdiff_t step, const float *partial,
                     float *out, bool accumulate);
double conch_sum(ptrdiff_t count, const float *x);
double conch_sum_of_squares(ptrdiff_t count, const float *x);
void conch_statistics(ptrdiff_t count, const float *x, conch_statistics_result *result);
void conch_column_sums(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                       double *sums);

// Batch normalisation (Normalization.c). Rows are `step` floats apart.
void conch_moments(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                   const float *shift, double *sums, double *squares);
void conch_normalize(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                     const float *mean, const float *scale, const float *shift,
                     int32_t activation, float slope, float *y);
void conch_normalize_sums(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                          const float *dy, const float *mean, const float *scale,
                          const float *shift, int32_t activation, float slope, double *sums,
                          double *products);
void conch_normalize_gradient(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, const float *x,
                              const float *dy, const float *mean, const float *scale,
                              const float *shift, const float *offset, const float *factor,
                              int32_t activation, float slope, float *dx, bool accumulate);

// Rows (Softmax.c).
void conch_softmax(ptrdiff_t rows, ptrdiff_t columns, const float *x, float *y);
void conch_softmax_gradient(ptrdiff_t rows, ptrdiff_t columns, const float *y, const float *dy,
                            float *dx, bool accumulate);
void conch_cross_entropy(ptrdiff_t rows, ptrdiff_t columns, const float *logits,
                         const int32_t *labels, const float *weights, float *losses,
                         float *gradient, float gradient_scale);
void conch_l2_normalize(ptrdiff_t rows, ptrdiff_t columns, float epsilon, const float *x, float *y);
void conch_l2_normalize_gradient(ptrdiff_t rows, ptrdiff_t columns, float epsilon, const float *x,
                                 const float *dy, float *dx, bool accumulate);

// Losses over pixels with labels 0…classes − 1 (0 and 1 where there is one output, the logit of
// class 1); others count nowhere (Segmentation.c). `weights` has 256, 0 for what is no label.
// `planes` has room for classes · CONCH_PIXEL_BLOCK floats.
enum { CONCH_PIXEL_BLOCK = 64, CONCH_UNLABELLED = 255 };
// Adds to sums: labelled pixels, weighted cross-entropy, weighted hinge; then for each class the
// probabilities of all pixels and of those of the class, pixels of the class, pixels taken for it,
// and both. Writes the probabilities unless null.
void conch_pixel_losses(ptrdiff_t pixels, ptrdiff_t classes, const float *logits,
                        const uint8_t *labels, const float *weights, float *probabilities,
                        double *sums, float *planes);
// dp of class k is level[k], at its own pixels overlap[k] more; entropy and hinge are factors.
typedef struct {
  float entropy, hinge;
  const float *level, *overlap;
} conch_pixel_slopes;
// Turns probabilities into the loss's gradient with respect to logits, in place.
void conch_pixel_gradients(ptrdiff_t pixels, ptrdiff_t classes, const uint8_t *labels,
                           const float *weights, conch_pixel_slopes slopes, float *values,
                           float *planes);
// The focal loss of logits [rows, columns] (FocalLoss.c): label k is class k, CONCH_BACKGROUND no
// class, any other a row that does not count. Classes that are there weigh `present`, the others
// `away`. `losses` has room for all values; returns their sum; `gradient` (times `scale`) may be null.
enum { CONCH_BACKGROUND = -1 };
double conch_focal(ptrdiff_t rows, ptrdiff_t columns, const float *x, const int32_t *labels,
                   float present, float away, float gamma, float *losses, float *gradient,
                   float scale);

// Optimisers (Optimizer.c). A rest is 1 minus the share of the same name.
void conch_sgd(ptrdiff_t count, float rate, float momentum, bool nesterov, const float *gradient,
               float *velocity, float *value);
void conch_adam(ptrdiff_t count, float alpha, float rest1, float rest2, float epsilon,
                const float *gradient, float *first, float *second, float *value);
void conch_rmsprop(ptrdiff_t count, float rate, float rho, float rest, float momentum, float epsilon,
                   const float *gradient, float *mean_square, float *velocity, float *value);

// Pooling (Pooling.c).
typedef struct {
  ptrdiff_t input_height, input_width, channels, output_height, output_width;
  ptrdiff_t window_height, window_width, stride_y, stride_x, padding_top, padding_left;
} conch_pooling;
void conch_max_pool(const conch_pooling *sizes, ptrdiff_t line_begin, ptrdiff_t line_end,
                    const float *x, float *y);
void conch_average_pool(const conch_pooling *sizes, ptrdiff_t line_begin, ptrdiff_t line_end,
                        const float *x, float *y);
void conch_max_pool_gradient(const conch_pooling *sizes, ptrdiff_t image, const float *x,
                             const float *dy, float *dx, bool accumulate);
void conch_average_pool_gradient(const conch_pooling *sizes, ptrdiff_t image, const float *dy,
                                 float *dx, bool accumulate);
void conch_global_average(ptrdiff_t pixels, ptrdiff_t channels, const float *x, float *y);
void conch_global_average_gradient(ptrdiff_t pixels, ptrdiff_t channels, const float *dy,
                                   float *dx, bool accumulate);
void conch_global_max(ptrdiff_t pixels, ptrdiff_t channels, const float *x, float *y);
void conch_global_max_gradient(ptrdiff_t pixels, ptrdiff_t channels, const float *x,
                               const float *dy, float *dx, bool accumulate);

// Resizing (Resize.c).
void conch_repeat_pixels(ptrdiff_t width, ptrdiff_t channels, ptrdiff_t factor, const float *x,
                         float *y);
void conch_repeat_pixels_gradient(ptrdiff_t width, ptrdiff_t channels, ptrdiff_t factor_y,
                                  ptrdiff_t factor_x, const float *dy, float *dx,
                                  bool accumulate);
void conch_resize_bilinear(const float *x, ptrdiff_t input_height, ptrdiff_t input_width, float *y,
                           ptrdiff_t output_height, ptrdiff_t output_width, ptrdiff_t channels,
                           ptrdiff_t line_begin, ptrdiff_t line_end);
void conch_resize_bilinear_gradient(const float *dy, ptrdiff_t output_height,
                                    ptrdiff_t output_width, float *dx, ptrdiff_t input_height,
                                    ptrdiff_t input_width, ptrdiff_t channels, bool accumulate);

// The permutohedral lattice (Lattice.c). `table` has mask + 1 slots, -1 where free, at least twice
// the capacity; `keys` has room for capacity · dimensions numbers.
enum { CONCH_LATTICE_DIMENSIONS = 16 };
typedef struct {
  ptrdiff_t dimensions, count, capacity;
  int32_t *keys, *table;
  uint32_t mask;
} conch_lattice;
typedef struct {
  int32_t point;
  float weight;
} conch_lattice_share;
// Takes up points first..<end, or as many as there is room for; returns where it stopped. Each
// point gets dimensions + 1 corners and weights.
ptrdiff_t conch_lattice_insert(conch_lattice *lattice, ptrdiff_t first, ptrdiff_t end,
                               const float *features, int32_t *corners, float *weights);
void conch_lattice_rehash(conch_lattice *lattice);
// The two neighbours of each corner along a direction; `count` where there is none.
void conch_lattice_neighbours(const conch_lattice *lattice, ptrdiff_t direction, ptrdiff_t first,
                              ptrdiff_t end, int32_t *neighbours);
// Values are [point or corner, 4 · quads]. Row `count` of the corners is 0.
void conch_lattice_splat(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end, const int32_t *starts,
                         const conch_lattice_share *shares, const float *points, float *corners);
void conch_lattice_blur(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end, const int32_t *neighbours,
                        const float *from, float *to);
// points += factor · scale[point] · weight · corner
void conch_lattice_slice(ptrdiff_t quads, ptrdiff_t dimensions, ptrdiff_t first, ptrdiff_t end,
                         const int32_t *numbers, const float *weights, const float *scale,
                         float factor, const float *corners, float *points);

#endif
