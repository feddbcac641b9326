#include "CKernels.h"
#include "simd.h"

/// Vectors whose exponentials are added in float32 before they join the sum in double precision.
#define BLOCK 16

KERNEL(double, ck_exp_sum, (const float *x, size_t n, float max), (x, n, max)) {
  const size_t whole = n - n % LANES;
  double sum = 0;
  for (size_t start = 0; start < whole; start += BLOCK * LANES) {
    const size_t end = start + BLOCK * LANES < whole ? start + BLOCK * LANES : whole;
    v16 block = {0};
    for (size_t i = start; i < end; i += LANES) {
      v16 v = *(const v16 *)(x + i) - max;
      exp16(&v);
      block += v;
    }
    sum += sum16(&block);
  }
  v16 tail;
  load_first16(&tail, x + whole, n - whole);
  tail -= max;
  exp16(&tail);
  fill_rest16(&tail, n - whole, 0);
  return sum + sum16(&tail);
}

double ck_exp_sum_plain(const float *x, size_t n, float max) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += exp((double)x[i] - max);
  return sum;
}
