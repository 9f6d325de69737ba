// The permutohedral lattice: points of d numbers lie in simplices whose d + 1 corners are kept in a
// hash table; a Gaussian filter is a sum into the corners, a blur along d + 1 directions, and a
// sum back. Adams, Baek and Davis, "Fast High-Dimensional Filtering Using the Permutohedral
// Lattice", 2010.
//
// A corner's key is d of its d + 1 whole coordinates, whose sum is 0.

#include "CKernels.h"
#include "Vector.h"

#include <math.h>

enum { MOST = CONCH_LATTICE_DIMENSIONS };

INLINE uint32_t hash_of(ptrdiff_t d, const int32_t *key) {
  uint32_t hash = 0;
  for (ptrdiff_t i = 0; i < d; i++) {
    hash = (hash + (uint32_t)key[i]) * 0x9E3779B1u;
    hash ^= hash >> 15;
  }
  return hash;
}

// The corner's number, or -1. `slot` is where it is, or would be.
INLINE int32_t look_up(const conch_lattice *lattice, const int32_t *key, uint32_t *slot) {
  const ptrdiff_t d = lattice->dimensions;
  uint32_t at = hash_of(d, key) & lattice->mask;
  for (;; at = (at + 1) & lattice->mask) {
    int32_t corner = lattice->table[at];
    *slot = at;
    if (corner < 0) return -1;
    const int32_t *other = lattice->keys + corner * d;
    bool same = true;
    for (ptrdiff_t i = 0; i < d; i++) same &= other[i] == key[i];
    if (same) return corner;
  }
}

// The simplex around a point: its corner of remainder 0, the order of the coordinates by what is
// left of them, and the weights of the corners.
INLINE void simplex(ptrdiff_t d, const float *feature, const float *scale, int32_t *nearest,
                    int32_t *rank, float *weight) {
  float elevated[MOST + 1];
  float sum = 0;
  for (ptrdiff_t j = d; j > 0; j--) {
    float part = feature[j - 1] * scale[j - 1];
    elevated[j] = sum - (float)j * part;
    sum += part;
  }
  elevated[0] = sum;

  const float down = 1.0f / (float)(d + 1);
  const int32_t up = (int32_t)(d + 1);
  int32_t excess = 0;
  for (ptrdiff_t i = 0; i <= d; i++) {
    int32_t whole = (int32_t)lrintf(elevated[i] * down);
    nearest[i] = whole * up;
    excess += whole;
    rank[i] = 0;
  }
  for (ptrdiff_t i = 0; i < d; i++) {
    float rest = elevated[i] - (float)nearest[i];
    for (ptrdiff_t j = i + 1; j <= d; j++) {
      bool less = rest < elevated[j] - (float)nearest[j];
      rank[i] += less;
      rank[j] += !less;
    }
  }
  // Back onto the plane of sum 0: the coordinates that were rounded farthest go a step back.
  for (ptrdiff_t i = 0; i <= d; i++) {
    rank[i] += excess;
    if (rank[i] < 0) {
      rank[i] += up;
      nearest[i] += up;
    } else if (rank[i] > d) {
      rank[i] -= up;
      nearest[i] -= up;
    }
  }
  float barycentric[MOST + 2] = {0};
  for (ptrdiff_t i = 0; i <= d; i++) {
    float share = (elevated[i] - (float)nearest[i]) * down;
    barycentric[d - rank[i]] += share;
    barycentric[d + 1 - rank[i]] -= share;
  }
  barycentric[0] += 1 + barycentric[d + 1];
  for (ptrdiff_t i = 0; i <= d; i++) weight[i] = barycentric[i];
}

ptrdiff_t conch_lattice_insert(conch_lattice *lattice, ptrdiff_t first, ptrdiff_t end,
                               const float *features, int32_t *corners, float *weights) {
  const ptrdiff_t d = lattice->dimensions;
  float scale[MOST];
  for (ptrdiff_t i = 0; i < d; i++)
    scale[i] = (float)((double)(d + 1) * sqrt(2.0 / 3) / sqrt((double)((i + 1) * (i + 2))));
  for (ptrdiff_t point = first; point < end; point++) {
    if (lattice->count + d + 1 > lattice->capacity) return point;
    int32_t nearest[MOST + 1], rank[MOST + 1], key[MOST];
    simplex(d, features + point * d, scale, nearest, rank, weights + point * (d + 1));
    for (ptrdiff_t remainder = 0; remainder <= d; remainder++) {
      for (ptrdiff_t i = 0; i < d; i++)
        key[i] = nearest[i] + (int32_t)(rank[i] <= d - remainder ? remainder
                                                                 : remainder - (d + 1));
      uint32_t slot;
      int32_t corner = look_up(lattice, key, &slot);
      if (corner < 0) {
        corner = (int32_t)lattice->count++;
        lattice->table[slot] = corner;
        memcpy(lattice->keys + corner * d, key, sizeof(int32_t) * (size_t)d);
      }
      corners[point * (d + 1) + remainder] = corner;
    }
  }
  return end;
}

void conch_lattice_rehash(conch_lattice *lattice) {
  for (ptrdiff_t i = 0; i <= (ptrdiff_t)lattice->mask; i++) lattice->table[i] = -1;
  for (ptrdiff_t corner = 0; corner < lattice->count; corner++) {
    uint32_t slot;
    look_up(lattice, lattice->keys + corner * lattice->dimensions, &slot);
    lattice->table[slot] = (int32_t)corner;
  }
}

void conch_lattice_neighbours(const conch_lattice *lattice, ptrdiff_t direction, ptrdiff_t first,
                              ptrdiff_t end, int32_t *neighbours) {
  const ptrdiff_t d = lattice->dimensions;
  const int32_t none = (int32_t)lattice->count;
  for (ptrdiff_t corner = first; corner < end; corner++) {
    const int32_t *key = lattice->keys + corner * d;
    int32_t before[MOST], after[MOST];
    for (ptrdiff_t i = 0; i < d; i++) {
      before[i] = key[i] - 1;
      after[i] = key[i] + 1;
    }
    if (direction < d) {
      before[direction] = key[direction] + (int32_t)d;
      after[direction] = key[direction] - (int32_t)d;
    }
    uint32_t slot;
    int32_t one = look_up(lattice, before, &slot), other = look_up(lattice, after, &slot);
    neighbours[2 * corner] = one < 0 ? none : one;
    neighbours[2 * corner + 1] = other < 0 ? none : other;
  }
}

// Values lie in groups of four labels, `quads` of them.
INLINE void splat(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end, const int32_t *starts,
                  const conch_lattice_share *shares, const float *points, float *corners) {
  for (ptrdiff_t corner = first; corner < end; corner++) {
    float4v *sum = (float4v *)(corners + corner * 4 * quads);
    for (ptrdiff_t q = 0; q < quads; q++) sum[q] = 0;
    for (int32_t at = starts[corner]; at < starts[corner + 1]; at++) {
      const float4v *value = (const float4v *)(points + (ptrdiff_t)shares[at].point * 4 * quads);
      for (ptrdiff_t q = 0; q < quads; q++) sum[q] += shares[at].weight * value[q];
    }
  }
}

INLINE void blur(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end, const int32_t *neighbours,
                 const float *from, float *to) {
  for (ptrdiff_t corner = first; corner < end; corner++) {
    const float4v *middle = (const float4v *)(from + corner * 4 * quads);
    const float4v *before = (const float4v *)(from + (ptrdiff_t)neighbours[2 * corner] * 4 * quads);
    const float4v *after =
        (const float4v *)(from + (ptrdiff_t)neighbours[2 * corner + 1] * 4 * quads);
    float4v *out = (float4v *)(to + corner * 4 * quads);
    for (ptrdiff_t q = 0; q < quads; q++) out[q] = middle[q] + 0.5f * (before[q] + after[q]);
  }
}

INLINE void slice(ptrdiff_t quads, ptrdiff_t dimensions, ptrdiff_t first, ptrdiff_t end,
                  const int32_t *numbers, const float *weights, const float *scale, float factor,
                  const float *corners, float *points) {
  for (ptrdiff_t point = first; point < end; point++) {
    const int32_t *number = numbers + point * (dimensions + 1);
    const float *weight = weights + point * (dimensions + 1);
    float whole = factor * (scale ? scale[point] : 1);
    float4v *out = (float4v *)(points + point * 4 * quads);
    for (ptrdiff_t i = 0; i <= dimensions; i++) {
      const float4v *value = (const float4v *)(corners + (ptrdiff_t)number[i] * 4 * quads);
      for (ptrdiff_t q = 0; q < quads; q++) out[q] += whole * weight[i] * value[q];
    }
  }
}

// Loops of a known length for few labels.
#define BY_QUADS(call)             \
  switch (quads) {                 \
    case 1: call(1); break;        \
    case 2: call(2); break;        \
    case 3: call(3); break;        \
    default: call(quads); break;   \
  }

CLONED void conch_lattice_splat(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end,
                                const int32_t *starts, const conch_lattice_share *shares,
                                const float *points, float *corners) {
#define SPLAT(n) splat(n, first, end, starts, shares, points, corners)
  BY_QUADS(SPLAT)
}

CLONED void conch_lattice_blur(ptrdiff_t quads, ptrdiff_t first, ptrdiff_t end,
                               const int32_t *neighbours, const float *from, float *to) {
#define BLUR(n) blur(n, first, end, neighbours, from, to)
  BY_QUADS(BLUR)
}

CLONED void conch_lattice_slice(ptrdiff_t quads, ptrdiff_t dimensions, ptrdiff_t first,
                                ptrdiff_t end, const int32_t *numbers, const float *weights,
                                const float *scale, float factor, const float *corners,
                                float *points) {
#define SLICE(n) \
  slice(n, dimensions, first, end, numbers, weights, scale, factor, corners, points)
  BY_QUADS(SLICE)
}
