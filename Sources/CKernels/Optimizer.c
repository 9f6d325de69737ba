// One step of an optimiser, with Keras 3's formulas in its order of operations.

#include "CKernels.h"
#include "Vector.h"

CLONED void conch_sgd(ptrdiff_t count, float rate, float momentum, bool nesterov,
                      const float *gradient, float *velocity, float *value) {
  if (!velocity) {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) value[i] -= rate * gradient[i];
  } else if (nesterov) {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
      float step = rate * gradient[i];
      velocity[i] = velocity[i] * momentum - step;
      value[i] += velocity[i] * momentum - step;
    }
  } else {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
      velocity[i] = velocity[i] * momentum - rate * gradient[i];
      value[i] += velocity[i];
    }
  }
}

CLONED void conch_adam(ptrdiff_t count, float alpha, float rest1, float rest2, float epsilon,
                       const float *gradient, float *first, float *second, float *value) {
  INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
    float g = gradient[i];
    first[i] += (g - first[i]) * rest1;
    second[i] += (g * g - second[i]) * rest2;
    value[i] -= first[i] * alpha / (root_of(second[i]) + epsilon);
  }
}

CLONED void conch_rmsprop(ptrdiff_t count, float rate, float rho, float rest, float momentum, float epsilon,
                          const float *gradient, float *mean_square, float *velocity,
                          float *value) {
  if (velocity) {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
      float g = gradient[i];
      mean_square[i] = rho * mean_square[i] + rest * (g * g);
      velocity[i] = momentum * velocity[i] + rate * g / root_of(mean_square[i] + epsilon);
      value[i] -= velocity[i];
    }
  } else {
    INDEPENDENT for (ptrdiff_t i = 0; i < count; i++) {
      float g = gradient[i];
      mean_square[i] = rho * mean_square[i] + rest * (g * g);
      value[i] -= rate * g / root_of(mean_square[i] + epsilon);
    }
  }
}
