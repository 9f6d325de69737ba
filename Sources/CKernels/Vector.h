// What the hot loops share: clones for instruction sets, vectors, exp. Written for clang, which
// comes with Swift.
#ifndef CONCH_VECTOR_H
#define CONCH_VECTOR_H

#include "CKernels.h"

#include <string.h>

// One copy of a function for each instruction set, chosen when the program is loaded. Elsewhere
// (macOS, arm64) the compiler's default has what is needed.
#if defined(__x86_64__) && defined(__linux__)
#define CLONED                                                                       \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"),       \
                 min_vector_width(512)))
#else
#define CLONED
#endif

#define INLINE static inline __attribute__((always_inline))

// The iterations of the loop do not depend on each other, though pointers may be equal.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// For loops of a few steps whose sums must be registers.
#define UNROLL _Pragma("unroll")

// In this order of comparing a NaN stays one.
#define BETWEEN(LOW, VALUE, HIGH)                                        \
  ({                                                                     \
    __typeof__(LOW) above = (LOW) > (VALUE) ? (LOW) : (VALUE);           \
    (HIGH) < above ? (HIGH) : above;                                     \
  })

// Asks for what the next block reads: a block walks along many short rows at once, which the
// processor's own prefetching does not foresee.
INLINE void fetch(const float *from, ptrdiff_t count) {
  enum { LINE = 16, MOST = 4096 };
  if (count > MOST) return;
  for (ptrdiff_t i = 0; i < count; i += LINE) __builtin_prefetch(from + i);
}

// Vectors that may lie at any float's address.
typedef float float16 __attribute__((ext_vector_type(16), aligned(4), may_alias));
typedef float float8 __attribute__((ext_vector_type(8), aligned(4), may_alias));
typedef float float4v __attribute__((ext_vector_type(4), aligned(4), may_alias));

INLINE float bits_to_float(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE int32_t float_to_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The square root without errno, which would keep a loop from being vectorised.
INLINE float root_of(float x) { return __builtin_elementwise_sqrt(x); }

// exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| <= ln 2 / 2; ln 2 in two parts (Cody and
// Waite), exp(r) by its series to r^7, whose next term is below half a unit in the last place.
INLINE float exp_of(float x) {
  const float magic = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number
  float clamped = x < -87.336544f ? -87.336544f : x;
  clamped = clamped > 88.722839f ? 88.722839f : clamped;
  float shifted = clamped * 1.44269504088896341f + magic;
  float n = shifted - magic;
  float r = clamped - n * 0.693145751953125f;
  r = r - n * 1.42860682030941723212e-6f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  // 2^n in two factors, for n reaches 128.
  int32_t whole = float_to_bits(shifted) - float_to_bits(magic);
  int32_t half = whole >> 1;
  float result = p * bits_to_float((half + 127) << 23) * bits_to_float((whole - half + 127) << 23);
  result = x < -87.336544f ? 0.0f : result;
  return x > 88.722839f ? __builtin_inff() : result;
}

INLINE float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

// Places lo..<hi of the axis read inside its extent with every tap; none where lo >= hi.
INLINE void conch_inner_range(const conch_axis *x, ptrdiff_t *lo, ptrdiff_t *hi) {
  *lo = 0;
  *hi = x->count;
  for (ptrdiff_t j = 0; j < x->taps; j++) {
    ptrdiff_t base = x->base[j];
    ptrdiff_t first = base >= 0 ? 0 : (-base + x->step - 1) / x->step;
    ptrdiff_t end = base >= x->extent ? 0 : (x->extent - 1 - base) / x->step + 1;
    if (first > *lo) *lo = first;
    if (end < *hi) *hi = end;
  }
}

#endif
