// Losses over pixels: probabilities and sums in one pass, gradients in a second.
//
// A block of pixels is turned, so that vectors run along pixels and not along the few classes.
// What a block lacks at the end is filled with unlabelled pixels, which count nowhere.

#include "CKernels.h"
#include "Vector.h"

enum { BLOCK = CONCH_PIXEL_BLOCK };

// log(u) for u from 1 on, to half a unit of the sum's last place: the series of log(1 + f) of
// Cephes' logf for f in √½ − 1 … √2 − 1, and ln 2 in two parts.
INLINE float log_one_plus(float f) {
  float z = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  return p * f * z - 0.5f * z + f;
}

INLINE float log_of(float u) {
  int32_t bits = float_to_bits(u);
  int32_t exponent = (bits - 0x3f3504f3) >> 23;  // so that the rest is √½ … √2
  float rest = bits_to_float(bits - (exponent << 23));
  float e = (float)exponent;
  float result = e * 0.693359375f + (log_one_plus(rest - 1) - e * 2.12194440e-4f);
  return u != u ? u : result;
}

// log(1 + s) for s in 0…1: small s keep their digits.
INLINE float log1p_of(float s) {
  bool large = s > 0.41421356f;
  float result = log_one_plus(large ? 0.5f * (s - 1) : s);
  return large ? result + 0.69314718f : result;
}

INLINE double total(const float *x) {
  float lanes[16];
  for (int l = 0; l < 16; l++) lanes[l] = x[l];
  for (int i = 16; i < BLOCK; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += x[i + l];
  double sum = 0;
  for (int l = 0; l < 16; l++) sum += lanes[l];
  return sum;
}

// The block's labels, filled up with unlabelled ones, and their weights.
INLINE void read_labels(ptrdiff_t length, const uint8_t *labels, const float *weights,
                        int32_t *label, float *weight) {
  for (ptrdiff_t i = 0; i < length; i++) label[i] = labels[i];
  for (ptrdiff_t i = length; i < BLOCK; i++) label[i] = CONCH_UNLABELLED;
  for (ptrdiff_t i = 0; i < BLOCK; i++) weight[i] = weights[label[i]];
}

// planes[k][i] = x[i][k]
INLINE void turn(ptrdiff_t length, ptrdiff_t classes, const float *x, float *planes) {
  for (ptrdiff_t k = 0; k < classes; k++) {
    float *plane = planes + k * BLOCK;
    for (ptrdiff_t i = 0; i < length; i++) plane[i] = x[i * classes + k];
    for (ptrdiff_t i = length; i < BLOCK; i++) plane[i] = 0;
  }
}

INLINE void turn_back(ptrdiff_t length, ptrdiff_t classes, const float *planes, float *x) {
  for (ptrdiff_t k = 0; k < classes; k++)
    for (ptrdiff_t i = 0; i < length; i++) x[i * classes + k] = planes[k * BLOCK + i];
}

INLINE void binary_block(ptrdiff_t length, const float *logits, const uint8_t *labels,
                         const float *weights, float *probabilities, double *sums) {
  int32_t label[BLOCK];
  float weight[BLOCK], x[BLOCK], p[BLOCK];
  float entropy[BLOCK], hinge[BLOCK], mass[BLOCK], overlap[BLOCK];
  int32_t known = 0, truths = 0, predictions = 0, hits = 0;
  read_labels(length, labels, weights, label, weight);
  turn(length, 1, logits, x);
  INDEPENDENT for (int i = 0; i < BLOCK; i++) {
    float magnitude = x[i] < 0 ? -x[i] : x[i];
    float small = exp_of(-magnitude);  // at most 1, so nothing overflows
    float share = 1 / (1 + small);
    p[i] = x[i] < 0 ? small * share : share;
    bool here = label[i] == 1, counts = label[i] <= 1;
    float positive = x[i] > 0 ? x[i] : 0;
    float loss = positive - (here ? x[i] : 0) + log1p_of(small);
    float truth = here ? p[i] : (x[i] < 0 ? share : small * share);
    // A pixel without label adds nothing, but a logit that is no number must not be hidden.
    entropy[i] = x[i] != x[i] ? x[i] : (counts ? loss * weight[i] : 0);
    hinge[i] = counts ? 2 * (1 - truth) * weight[i] : 0;
    mass[i] = counts ? p[i] : 0;
    overlap[i] = here ? p[i] : 0;
  }
  for (int i = 0; i < BLOCK; i++) {
    bool here = label[i] == 1, counts = label[i] <= 1, said = counts && x[i] > 0;
    known += counts;
    truths += here;
    predictions += said;
    hits += here && said;
  }
  sums[0] += known;
  sums[1] += total(entropy);
  sums[2] += total(hinge);
  sums[3] += total(mass);
  sums[4] += total(overlap);
  sums[5] += truths;
  sums[6] += predictions;
  sums[7] += hits;
  if (probabilities)
    for (ptrdiff_t i = 0; i < length; i++) probabilities[i] = p[i];
}

INLINE void class_block(ptrdiff_t length, ptrdiff_t classes, const float *logits,
                        const uint8_t *labels, const float *weights, float *probabilities,
                        double *sums, float *planes) {
  int32_t label[BLOCK], best[BLOCK];
  float weight[BLOCK], most[BLOCK], wanted[BLOCK], sum[BLOCK];
  float entropy[BLOCK], hinge[BLOCK], truth[BLOCK], other[BLOCK];
  read_labels(length, labels, weights, label, weight);
  turn(length, classes, logits, planes);
  for (int i = 0; i < BLOCK; i++) {
    most[i] = planes[i];
    wanted[i] = planes[i];
    best[i] = 0;
    sum[i] = truth[i] = other[i] = 0;
  }
  for (int k = 1; k < classes; k++) {
    const float *x = planes + k * BLOCK;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      bool more = x[i] > most[i];
      most[i] = more ? x[i] : most[i];
      best[i] = more ? k : best[i];
      wanted[i] = label[i] == k ? x[i] : wanted[i];
    }
  }
  for (int k = 0; k < classes; k++) {
    float *x = planes + k * BLOCK;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      x[i] = exp_of(x[i] - most[i]);
      sum[i] += x[i];
    }
  }
  INDEPENDENT for (int i = 0; i < BLOCK; i++) {
    bool counts = label[i] < classes;
    float loss = log_of(sum[i]) + (most[i] - wanted[i]);
    entropy[i] = sum[i] != sum[i] ? sum[i] : (counts ? loss * weight[i] : 0);
    sum[i] = 1 / sum[i];
  }
  double known = 0;
  for (int k = 0; k < classes; k++) {
    float *p = planes + k * BLOCK;
    float mass[BLOCK], overlap[BLOCK];
    int32_t truths = 0, predictions = 0, hits = 0;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      p[i] *= sum[i];
      bool here = label[i] == k, counts = label[i] < classes;
      truth[i] = here ? p[i] : truth[i];
      other[i] = !here && p[i] > other[i] ? p[i] : other[i];
      mass[i] = counts ? p[i] : 0;
      overlap[i] = here ? p[i] : 0;
    }
    for (int i = 0; i < BLOCK; i++) {
      bool here = label[i] == k, said = best[i] == k && label[i] < classes;
      truths += here;
      predictions += said;
      hits += here && said;
    }
    double *of_class = sums + 3 + 5 * k;
    of_class[0] += total(mass);
    of_class[1] += total(overlap);
    of_class[2] += truths;
    of_class[3] += predictions;
    of_class[4] += hits;
    known += truths;
  }
  INDEPENDENT for (int i = 0; i < BLOCK; i++) {
    float loss = 1 + other[i] - truth[i];
    hinge[i] = label[i] < classes ? (loss > 0 ? loss : 0) * weight[i] : 0;
  }
  sums[0] += known;
  sums[1] += total(entropy);
  sums[2] += total(hinge);
  if (probabilities) turn_back(length, classes, planes, probabilities);
}

CLONED void conch_pixel_losses(ptrdiff_t pixels, ptrdiff_t classes, const float *logits,
                               const uint8_t *labels, const float *weights, float *probabilities,
                               double *sums, float *planes) {
  for (ptrdiff_t start = 0; start < pixels; start += BLOCK) {
    ptrdiff_t length = pixels - start < BLOCK ? pixels - start : BLOCK;
    float *p = probabilities ? probabilities + start * classes : NULL;
    if (classes == 1)
      binary_block(length, logits + start, labels + start, weights, p, sums);
    else
      class_block(length, classes, logits + start * classes, labels + start, weights, p, sums,
                  planes);
  }
}

// What each loss says of dp, and from it the logit's: p (1 − p) dp, or p (dp − Σ p dp).
INLINE void binary_gradient(ptrdiff_t length, const uint8_t *labels, const float *weights,
                            conch_pixel_slopes slopes, float *values) {
  int32_t label[BLOCK];
  float weight[BLOCK];
  const float level = slopes.level[0], overlap = slopes.overlap[0];
  read_labels(length, labels, weights, label, weight);
  INDEPENDENT for (ptrdiff_t i = 0; i < length; i++) {
    float p = values[i];
    bool here = label[i] == 1;
    float dp = level + (here ? overlap : 0) + slopes.hinge * weight[i] * (here ? -2.0f : 2.0f);
    float dx = p * (1 - p) * dp + slopes.entropy * weight[i] * (p - (here ? 1.0f : 0.0f));
    values[i] = label[i] <= 1 ? dx : 0;
  }
}

INLINE void class_gradient(ptrdiff_t length, ptrdiff_t classes, const uint8_t *labels,
                           const float *weights, conch_pixel_slopes slopes, float *values,
                           float *planes) {
  int32_t label[BLOCK], rival[BLOCK];
  float weight[BLOCK], most[BLOCK], mean[BLOCK], margin[BLOCK];
  read_labels(length, labels, weights, label, weight);
  turn(length, classes, values, planes);
  for (int i = 0; i < BLOCK; i++) {
    most[i] = -1;
    rival[i] = -1;
    mean[i] = 0;
    margin[i] = slopes.hinge * weight[i];
  }
  for (int k = 0; k < classes; k++) {
    const float *p = planes + k * BLOCK;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      bool more = label[i] != k && p[i] > most[i];
      most[i] = more ? p[i] : most[i];
      rival[i] = more ? k : rival[i];
    }
  }
  for (int k = 0; k < classes; k++) {
    const float *p = planes + k * BLOCK;
    const float level = slopes.level[k], overlap = slopes.overlap[k];
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      float dp = level + (label[i] == k ? overlap - margin[i] : 0);
      mean[i] += p[i] * (dp + (rival[i] == k ? margin[i] : 0));
    }
  }
  for (int k = 0; k < classes; k++) {
    float *p = planes + k * BLOCK;
    const float level = slopes.level[k], overlap = slopes.overlap[k];
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      bool here = label[i] == k;
      float dp = level + (here ? overlap - margin[i] : 0) + (rival[i] == k ? margin[i] : 0);
      float dx =
          p[i] * (dp - mean[i]) + slopes.entropy * weight[i] * (p[i] - (here ? 1.0f : 0.0f));
      p[i] = label[i] < classes ? dx : 0;
    }
  }
  turn_back(length, classes, planes, values);
}

CLONED void conch_pixel_gradients(ptrdiff_t pixels, ptrdiff_t classes, const uint8_t *labels,
                                  const float *weights, conch_pixel_slopes slopes, float *values,
                                  float *planes) {
  for (ptrdiff_t start = 0; start < pixels; start += BLOCK) {
    ptrdiff_t length = pixels - start < BLOCK ? pixels - start : BLOCK;
    if (classes == 1)
      binary_gradient(length, labels + start, weights, slopes, values + start);
    else
      class_gradient(length, classes, labels + start, weights, slopes, values + start * classes,
                     planes);
  }
}
