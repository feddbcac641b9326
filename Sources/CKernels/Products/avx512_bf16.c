// Products of pairs of bfloat16 for AVX-512 with their dot products; those of float32 are AVX-512's.
#if defined(__x86_64__)

#include <immintrin.h>

#include "layout.h"

#define HAS_PAIRS 1
#define HAS_512 1

#pragma clang attribute push(__attribute__((target(TARGET_AVX512_BF16))), apply_to = function)

#include "kernels.h"

DEFINE_MULTIPLIERS(pairs)
DEFINE_KERNELS(ck_avx512_pairs, PAIRS, pairs, 8, 4, 4, 4, 4, 4)

#pragma clang attribute pop

#endif
