// What the processor can do at most: chains of fused multiply-adds that wait for nothing.
#include "CKernels.h"
#include "simd.h"

/// As many vectors as hide the latency of a chain and have room in the registers.
INLINE double chains(size_t vectors, size_t steps, float *end) {
  v16 sums[16];
  const v16 factor = SPLAT(0.999f), term = SPLAT(0.5f);
  for (size_t v = 0; v < vectors; v++) sums[v] = SPLAT((float)v);
  for (size_t i = 0; i < steps; i++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) sums[v] = FMA(sums[v], factor, term);
  for (size_t v = 1; v < vectors; v++) sums[0] += sums[v];
  *end = sum16(&sums[0]);
  return 2.0 * LANES * (double)(vectors * steps);
}

#if defined(__x86_64__)

__attribute__((target(TARGET_AVX512))) static double chains_avx512(size_t steps, float *end) {
  return chains(16, steps, end);
}

__attribute__((target(TARGET_AVX2))) static double chains_avx2(size_t steps, float *end) {
  return chains(6, steps, end);
}

double ck_fma_chains(size_t steps, float *end) {
  return ck_family_in_use() >= CK_AVX512 ? chains_avx512(steps, end) : chains_avx2(steps, end);
}

#else

double ck_fma_chains(size_t steps, float *end) { return chains(6, steps, end); }

#endif
