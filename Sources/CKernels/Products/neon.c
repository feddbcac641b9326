// Products for 64-bit ARM, whose registers hold eight v16.
#if !defined(__x86_64__)

#define HAS_PAIRS 0

#include <arm_neon.h>

#include "kernels.h"

DEFINE_MULTIPLIERS(numbers)
DEFINE_KERNELS(ck_neon_numbers, NUMBERS, numbers, 4, 2, 2, 1, 1, 1)
DEFINE_KERNELS(ck_neon_rounded, ROUNDED_NUMBERS, numbers, 4, 2, 2, 1, 1, 1)

#endif
