// What a thread could do at most: fused multiply-adds in registers, and reading memory.
#ifndef WORKBENCH_PEAK_H
#define WORKBENCH_PEAK_H

#include <stddef.h>

/// Numbers that a step takes: 16 sums of a multiply-add, or 16 numbers that are read.
#define PEAK_STEP 16

/// What counts of steps of multiply-adds are multiples of.
#define PEAK_ADD_STEPS 24

/// Does `steps` steps of PEAK_STEP fused multiply-adds in float32, in so many sums at once that none
/// waits for another.
///
/// Vectors have `vector_floats` floats: 8 or 16 on x86-64, where the machine has AVX2 and FMA, or
/// AVX-512 F and VL; elsewhere 4. Returns a number that takes all steps to compute.
float peak_multiply_adds(size_t vector_floats, size_t steps);

/// Adds up `steps` steps of PEAK_STEP numbers, in some order, with vectors as above; `steps` is a
/// multiple of 4.
float peak_sum(size_t vector_floats, const float *numbers, size_t steps);

/// Memory in large pages where the system has them, as the engine keeps weights; not yet written to.
///
/// Returns NULL where there is no room. The caller frees it.
void *peak_memory(size_t bytes);

#endif
