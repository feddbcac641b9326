// Products for AVX2, whose registers hold eight v16.
#if defined(__x86_64__)

#include <immintrin.h>

#include "layout.h"

#define HAS_PAIRS 0
#define HAS_512 0

#pragma clang attribute push(__attribute__((target(TARGET_AVX2))), apply_to = function)

#include "kernels.h"

DEFINE_MULTIPLIERS(numbers)
DEFINE_KERNELS(ck_avx2_numbers, NUMBERS, numbers, 4, 2, 2, 1, 1, 1)
DEFINE_KERNELS(ck_avx2_rounded, ROUNDED_NUMBERS, numbers, 4, 2, 2, 1, 1, 1)

#pragma clang attribute pop

#endif
