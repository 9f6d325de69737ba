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
  float result = log_one_plus(s > 0.41421356f ? 0.5f * (s - 1) : s);
  return result + (s > 0.41421356f ? 0.69314718f : 0.0f);
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

// The block's labels, filled up with unlabelled ones, their weights, and 1 where there is a label of
// a class, else 0. Comparisons become such factors: selections would be stored lane by lane.
INLINE void read_labels(ptrdiff_t length, int32_t classes, const uint8_t *labels,
                        const float *weights, int32_t *label, float *weight, float *known) {
  for (ptrdiff_t i = 0; i < length; i++) label[i] = labels[i];
  for (ptrdiff_t i = length; i < BLOCK; i++) label[i] = CONCH_UNLABELLED;
  for (int i = 0; i < BLOCK; i++) weight[i] = weights[label[i]];
  INDEPENDENT for (int i = 0; i < BLOCK; i++) known[i] = label[i] < classes ? 1.0f : 0.0f;
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
  float weight[BLOCK], known[BLOCK], x[BLOCK], p[BLOCK], here[BLOCK], said[BLOCK];
  float entropy[BLOCK], hinge[BLOCK], mass[BLOCK], overlap[BLOCK], hits[BLOCK];
  read_labels(length, 2, labels, weights, label, weight, known);
  turn(length, 1, logits, x);
  INDEPENDENT for (int i = 0; i < BLOCK; i++) {
    float positive = x[i] > 0 ? x[i] : 0;
    float small = exp_of(x[i] - 2 * positive);  // exp(−|x|): at most 1, so nothing overflows
    float share = 1 / (1 + small), rest = small * share;
    float yes = x[i] > 0 ? share : rest, no = x[i] > 0 ? rest : share;
    here[i] = label[i] == 1 ? 1.0f : 0.0f;
    said[i] = x[i] > 0 ? known[i] : 0.0f;
    p[i] = yes;
    // A pixel without label has weight 0; a logit that is no number still makes the sum none.
    entropy[i] = (positive - here[i] * x[i] + log1p_of(small)) * weight[i];
    hinge[i] = 2 * (yes + here[i] * (no - yes)) * weight[i];
    mass[i] = yes * known[i];
    overlap[i] = yes * here[i];
    hits[i] = said[i] * here[i];
  }
  const float *all[] = {known, entropy, hinge, mass, overlap, here, said, hits};
  for (int i = 0; i < 8; i++) sums[i] += total(all[i]);
  if (probabilities)
    for (ptrdiff_t i = 0; i < length; i++) probabilities[i] = p[i];
}

INLINE void class_block(ptrdiff_t length, ptrdiff_t classes, const float *logits,
                        const uint8_t *labels, const float *weights, float *probabilities,
                        double *sums, float *planes) {
  int32_t label[BLOCK], best[BLOCK];
  float weight[BLOCK], known[BLOCK], most[BLOCK], wanted[BLOCK], sum[BLOCK];
  float entropy[BLOCK], hinge[BLOCK], truth[BLOCK], other[BLOCK];
  read_labels(length, (int32_t)classes, labels, weights, label, weight, known);
  turn(length, classes, logits, planes);
  for (int i = 0; i < BLOCK; i++) {
    most[i] = planes[i];
    wanted[i] = label[i] == 0 ? planes[i] : 0.0f;
    best[i] = 0;
    sum[i] = truth[i] = other[i] = 0;
  }
  for (int k = 1; k < classes; k++) {
    const float *x = planes + k * BLOCK;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      int32_t more = -(x[i] > most[i]);
      best[i] = (more & k) | (~more & best[i]);
      most[i] = x[i] > most[i] ? x[i] : most[i];
      wanted[i] += label[i] == k ? x[i] : 0.0f;
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
    // A pixel without label has weight 0; a logit that is no number still makes the sum none.
    entropy[i] = (log_of(sum[i]) + (most[i] - wanted[i])) * weight[i];
    sum[i] = 1 / sum[i];
  }
  for (int k = 0; k < classes; k++) {
    float *p = planes + k * BLOCK;
    float mass[BLOCK], overlap[BLOCK], here[BLOCK], said[BLOCK], hits[BLOCK];
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      p[i] *= sum[i];
      here[i] = label[i] == k ? 1.0f : 0.0f;
      said[i] = best[i] == k ? known[i] : 0.0f;
      mass[i] = p[i] * known[i];
      overlap[i] = p[i] * here[i];
      hits[i] = said[i] * here[i];
      truth[i] += overlap[i];
      float rival = p[i] - overlap[i];
      other[i] = rival > other[i] ? rival : other[i];
    }
    const float *all[] = {mass, overlap, here, said, hits};
    for (int i = 0; i < 5; i++) sums[3 + 5 * k + i] += total(all[i]);
  }
  INDEPENDENT for (int i = 0; i < BLOCK; i++) {
    float loss = 1 + other[i] - truth[i];
    hinge[i] = (loss > 0 ? loss : 0) * weight[i];
  }
  sums[0] += total(known);
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
  float weight[BLOCK], known[BLOCK];
  const float level = slopes.level[0], overlap = slopes.overlap[0];
  read_labels(length, 2, labels, weights, label, weight, known);
  INDEPENDENT for (ptrdiff_t i = 0; i < length; i++) {
    float p = values[i];
    float here = label[i] == 1 ? 1.0f : 0.0f;
    float dp = level + here * overlap + slopes.hinge * weight[i] * (2 - 4 * here);
    values[i] =
        (p * (1 - p) * dp + slopes.entropy * weight[i] * (p - here)) * known[i];
  }
}

INLINE void class_gradient(ptrdiff_t length, ptrdiff_t classes, const uint8_t *labels,
                           const float *weights, conch_pixel_slopes slopes, float *values,
                           float *planes) {
  int32_t label[BLOCK], rival[BLOCK];
  float weight[BLOCK], known[BLOCK], most[BLOCK], mean[BLOCK], margin[BLOCK];
  read_labels(length, (int32_t)classes, labels, weights, label, weight, known);
  turn(length, classes, values, planes);
  for (int i = 0; i < BLOCK; i++) {
    most[i] = -1;
    rival[i] = -1;
    mean[i] = 0;
    margin[i] = slopes.hinge * weight[i];
    weight[i] *= slopes.entropy;
  }
  for (int k = 0; k < classes; k++) {
    const float *p = planes + k * BLOCK;
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      float candidate = label[i] == k ? -2.0f : p[i];
      int32_t more = -(candidate > most[i]);
      rival[i] = (more & k) | (~more & rival[i]);
      most[i] = candidate > most[i] ? candidate : most[i];
    }
  }
  for (int k = 0; k < classes; k++) {
    const float *p = planes + k * BLOCK;
    const float level = slopes.level[k], overlap = slopes.overlap[k];
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      float here = label[i] == k ? 1.0f : 0.0f, beside = rival[i] == k ? 1.0f : 0.0f;
      mean[i] += p[i] * (level + here * overlap + (beside - here) * margin[i]);
    }
  }
  for (int k = 0; k < classes; k++) {
    float *p = planes + k * BLOCK;
    const float level = slopes.level[k], overlap = slopes.overlap[k];
    INDEPENDENT for (int i = 0; i < BLOCK; i++) {
      float here = label[i] == k ? 1.0f : 0.0f, beside = rival[i] == k ? 1.0f : 0.0f;
      float dp = level + here * overlap + (beside - here) * margin[i];
      p[i] = (p[i] * (dp - mean[i]) + weight[i] * (p[i] - here)) * known[i];
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
