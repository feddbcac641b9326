#include "CPeak.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

// Bytes of a large page.
#define PAGE ((size_t)2 << 20)

// The compiler makes one to four vectors of the machine of each.
typedef float v16 __attribute__((vector_size(64), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

/// With `chains` sums: more than the latency of a multiply-add times its units in vectors of the
/// machine, and no more than registers hold.
INLINE float multiply_adds(int chains, size_t steps) {
  v16 sums[PEAK_ADD_STEPS], total = {0};
  // By way of memory: else the compiler would know the product.
  volatile float half = 0.5f;
  const v16 x = (v16){0} + half;
  for (int c = 0; c < chains; c++) sums[c] = (v16){0} + (float)c;
  for (size_t i = 0; i < steps; i += (size_t)chains) {
#pragma clang loop unroll(full)
    for (int c = 0; c < chains; c++) sums[c] = __builtin_elementwise_fma(x, x, sums[c]);
  }
  for (int c = 0; c < chains; c++) total += sums[c];
  return total[0];
}

INLINE float sum(const float *numbers, size_t steps) {
  const v16 *v = (const v16 *)numbers;
  v16 sums[4] = {0};
  for (size_t i = 0; i < steps; i += 4)
    for (size_t c = 0; c < 4; c++) sums[c] += v[i + c];
  const v16 total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return total[0];
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512vl,fma")))

AVX2 static float multiply_adds_avx2(size_t steps) { return multiply_adds(6, steps); }
AVX512 static float multiply_adds_avx512(size_t steps) { return multiply_adds(24, steps); }
AVX2 static float sum_avx2(const float *numbers, size_t steps) { return sum(numbers, steps); }
AVX512 static float sum_avx512(const float *numbers, size_t steps) { return sum(numbers, steps); }

float peak_multiply_adds(size_t vector_floats, size_t steps) {
  return vector_floats == 16 ? multiply_adds_avx512(steps) : multiply_adds_avx2(steps);
}

float peak_sum(size_t vector_floats, const float *numbers, size_t steps) {
  return vector_floats == 16 ? sum_avx512(numbers, steps) : sum_avx2(numbers, steps);
}

#else

float peak_multiply_adds(size_t vector_floats, size_t steps) {
  (void)vector_floats;
  return multiply_adds(6, steps);
}

float peak_sum(size_t vector_floats, const float *numbers, size_t steps) {
  (void)vector_floats;
  return sum(numbers, steps);
}

#endif

void *peak_memory(size_t bytes) {
  const size_t size = (bytes + PAGE - 1) / PAGE * PAGE;
  void *memory = NULL;
  if (posix_memalign(&memory, PAGE, size) != 0) return NULL;
#if defined(__linux__)
  madvise(memory, size, MADV_HUGEPAGE);
#endif
  return memory;
}
