#include "CKernels.h"
#include "simd.h"

MULTIVERSION
void ck_add(const float *a, const float *b, size_t n, float *sum) {
  for (size_t i = 0; i < n; i++) sum[i] = a[i] + b[i];
}

MULTIVERSION
void ck_add_bias(float *rows, const float *bias, size_t n_rows, size_t width) {
  for (size_t r = 0; r < n_rows; r++)
    for (size_t i = 0; i < width; i++) rows[r * width + i] += bias[i];
}

MULTIVERSION
size_t ck_first_non_finite(const float *x, size_t n) {
  const size_t block = 1024;
  for (size_t start = 0; start < n; start += block) {
    const size_t end = start + block < n ? start + block : n;
    // x - x is 0 for every finite x and NaN otherwise, so one sum answers for a block.
    float doubt = 0;
    for (size_t i = start; i < end; i++) {
      const float difference = x[i] - x[i];
      doubt = difference == 0 ? doubt : 1;
    }
    if (doubt == 0) continue;
    for (size_t i = start; i < end; i++)
      if (!isfinite(x[i])) return i;
  }
  return n;
}
