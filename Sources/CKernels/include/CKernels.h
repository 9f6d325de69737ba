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

// Activations.
static const int32_t CONCH_ACTIVATION_NONE = 0;
static const int32_t CONCH_ACTIVATION_RELU = 1;
static const int32_t CONCH_ACTIVATION_RELU6 = 2;
static const int32_t CONCH_ACTIVATION_LEAKY = 3;
static const int32_t CONCH_ACTIVATION_SIGMOID = 4;

#endif
