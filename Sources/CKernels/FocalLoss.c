// The sigmoid focal loss of a detector's logits (Lin et al., "Focal Loss for Dense Object
// Detection", 2017). Of A · K logits nearly all are of classes that are not there: these are done as
// vectors, the few others after them.

#include "CKernels.h"
#include "Vector.h"

#include <math.h>

// log(1 + e) for e in 0…1, also where e is small: 2 atanh(u), u = e / (2 + e) <= 1/3; the next term
// of the series is below 2e-9 of the sum.
INLINE float log1p_of(float e) {
  float u = e / (2.0f + e), s = u * u;
  float p = 1.0f / 15;
  p = p * s + 1.0f / 13;
  p = p * s + 1.0f / 11;
  p = p * s + 1.0f / 9;
  p = p * s + 1.0f / 7;
  p = p * s + 1.0f / 5;
  p = p * s + 1.0f / 3;
  return 2.0f * (p * s * u + u);
}

// q = sigmoid(x), p = 1 − q: loss q^γ · (−log p), slope q^γ · (γ p (−log p) + q).
INLINE void absent(ptrdiff_t count, const float *x, float weight, float gamma, bool is_square,
                   float *losses, float *gradient, float scale) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    float e = exp_of(-__builtin_fabsf(x[i]));
    float inverse = 1.0f / (1.0f + e), log1p = log1p_of(e);
    float q = x[i] >= 0 ? inverse : e * inverse;
    float surprise = (x[i] >= 0 ? x[i] : 0.0f) + log1p;
    float power = is_square ? q * q : exp_of(gamma * ((x[i] >= 0 ? 0.0f : x[i]) - log1p));
    losses[i] = weight * power * surprise;
    if (gradient) {
      float p = x[i] >= 0 ? e * inverse : inverse;
      gradient[i] = scale * weight * power * (gamma * p * surprise + q);
    }
  }
}

CLONED double conch_focal(ptrdiff_t rows, ptrdiff_t columns, const float *x,
                          const int32_t *labels, float present, float away, float gamma,
                          float *losses, float *gradient, float scale) {
  ptrdiff_t count = rows * columns;
  if (gamma == 2) {
    if (gradient) absent(count, x, away, 2, true, losses, gradient, scale);
    else absent(count, x, away, 2, true, losses, NULL, scale);
  } else {
    if (gradient) absent(count, x, away, gamma, false, losses, gradient, scale);
    else absent(count, x, away, gamma, false, losses, NULL, scale);
  }
  for (ptrdiff_t row = 0; row < rows; row++) {
    int32_t label = labels[row];
    if (label == CONCH_BACKGROUND) continue;
    ptrdiff_t first = row * columns;
    if (label < 0 || label >= columns) {
      for (ptrdiff_t i = first; i < first + columns; i++) losses[i] = 0;
      if (gradient) for (ptrdiff_t i = first; i < first + columns; i++) gradient[i] = 0;
      continue;
    }
    // The same with x and −x exchanged.
    double z = x[first + label], e = exp(-fabs(z)), inverse = 1 / (1 + e), rest = log1p(e);
    double q = z >= 0 ? e * inverse : inverse, p = z >= 0 ? inverse : e * inverse;
    double surprise = (z >= 0 ? 0 : -z) + rest;
    double power = present * exp(gamma * ((z >= 0 ? -z : 0) - rest));
    losses[first + label] = (float)(power * surprise);
    if (gradient) gradient[first + label] = (float)(-scale * power * (gamma * p * surprise + q));
  }
  double lanes[16] = {0}, sum = 0;
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += losses[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += losses[i];
  for (int l = 0; l < 16; l++) sum += lanes[l];
  return sum;
}
