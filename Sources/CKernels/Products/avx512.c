// Products for AVX-512, whose registers hold 32 v16.
#if defined(__x86_64__)

#include <immintrin.h>

#include "layout.h"

#define HAS_PAIRS 0
#define HAS_512 1

#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

#include "kernels.h"

DEFINE_MULTIPLIERS(numbers)
DEFINE_KERNELS(ck_avx512_numbers, NUMBERS, numbers, 8, 4, 4, 4, 4, 4)
DEFINE_KERNELS(ck_avx512_rounded, ROUNDED_NUMBERS, numbers, 8, 4, 4, 4, 4, 4)

#pragma clang attribute pop

#endif
