// Sixteen-lane vectors that the compiler maps to whatever a family of instruction sets has.
#ifndef WORKBENCH_SIMD_H
#define WORKBENCH_SIMD_H

// A product and a sum round twice unless FMA says otherwise, whatever a family could fuse.
#pragma STDC FP_CONTRACT OFF

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "family.h"

#define LANES 16
// Bytes of a line of the caches.
#define LINE 64

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t v16i __attribute__((vector_size(64), aligned(4)));
typedef uint32_t v16u __attribute__((vector_size(64), aligned(4)));
typedef uint16_t v16h __attribute__((vector_size(32), aligned(2)));
typedef _Float16 v16f __attribute__((vector_size(32), aligned(2)));
typedef int8_t v16b __attribute__((vector_size(16), aligned(1)));

// Features by name, not as an architecture: those of x86-64-v4 would halve vectors of 512 bits.
#define TARGET_AVX2 "avx2,fma,f16c,bmi,bmi2,lzcnt,movbe,popcnt"
#define TARGET_AVX512 TARGET_AVX2 ",avx512f,avx512bw,avx512cd,avx512dq,avx512vl,prfchw"
#define TARGET_AVX512_BF16 TARGET_AVX512 ",avx512bf16"

/// Begins the body of a function that is compiled for each family; a call runs that in use.
#if defined(__x86_64__)
#define KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS)                            \
  INLINE RESULT NAME##_body PARAMETERS;                                        \
  __attribute__((target(TARGET_AVX512))) static RESULT NAME##_avx512 PARAMETERS { \
    return NAME##_body ARGUMENTS;                                              \
  }                                                                            \
  __attribute__((target(TARGET_AVX2))) static RESULT NAME##_avx2 PARAMETERS {  \
    return NAME##_body ARGUMENTS;                                              \
  }                                                                            \
  RESULT NAME PARAMETERS {                                                     \
    if (ck_family_in_use() >= CK_AVX512) return NAME##_avx512 ARGUMENTS;       \
    return NAME##_avx2 ARGUMENTS;                                              \
  }                                                                            \
  INLINE RESULT NAME##_body PARAMETERS
#else
#define KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT NAME PARAMETERS
#endif

#define LISTED(...) __VA_ARGS__

/// As KERNEL, for a body whose first parameter is how many v16 the registers of the family hold.
#if defined(__x86_64__)
#define KERNEL_IN_REGISTERS(RESULT, NAME, PARAMETERS, ARGUMENTS)               \
  INLINE RESULT NAME##_body(int registers, LISTED PARAMETERS);                 \
  __attribute__((target(TARGET_AVX512))) static RESULT NAME##_avx512 PARAMETERS { \
    return NAME##_body(32, LISTED ARGUMENTS);                                  \
  }                                                                            \
  __attribute__((target(TARGET_AVX2))) static RESULT NAME##_avx2 PARAMETERS {  \
    return NAME##_body(8, LISTED ARGUMENTS);                                   \
  }                                                                            \
  RESULT NAME PARAMETERS {                                                     \
    if (ck_family_in_use() >= CK_AVX512) return NAME##_avx512 ARGUMENTS;       \
    return NAME##_avx2 ARGUMENTS;                                              \
  }                                                                            \
  INLINE RESULT NAME##_body(int registers, LISTED PARAMETERS)
#else
#define KERNEL_IN_REGISTERS(RESULT, NAME, PARAMETERS, ARGUMENTS)               \
  INLINE RESULT NAME##_body(int registers, LISTED PARAMETERS);                 \
  RESULT NAME PARAMETERS { return NAME##_body(8, LISTED ARGUMENTS); }          \
  INLINE RESULT NAME##_body(int registers, LISTED PARAMETERS)
#endif

/// a * b + c, rounded once.
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)

/// x in every lane. Adding to zero would do it only for a compiler that forgets about minus zero.
#define SPLAT(x) ((x) - (v16){0})

// Vectors go by pointer: passing them by value would tie the ABI to one instruction set.
#define INLINE static inline __attribute__((always_inline))

/// Rows of a group, where groups are as even as they can be: small ones read as much for less work.
INLINE size_t group_height(size_t group, size_t rows, size_t groups) {
  return rows / groups + (group < rows % groups);
}

INLINE float sum16(const v16 *v) {
  float pairs[8], quads[4];
  for (int i = 0; i < 8; i++) pairs[i] = (*v)[i] + (*v)[i + 8];
  for (int i = 0; i < 4; i++) quads[i] = pairs[i] + pairs[i + 4];
  return (quads[0] + quads[2]) + (quads[1] + quads[3]);
}

/// x where the lanes of `condition` are all ones, y where they are zero.
#define SELECT(condition, x, y) ((v16)(((v16i)(x) & (condition)) | ((v16i)(y) & ~(condition))))

/// The larger of x and y in each lane; y where one is NaN.
#define LARGER(x, y) SELECT((x) > (y), x, y)

/// The largest of lanes that are not NaN.
INLINE float max16(const v16 *v) {
  v16 max = *v;
#define TURNED(by) __builtin_shufflevector(max, max, by, by + 1, by + 2, by + 3, by + 4, by + 5, \
                                           by + 6, by + 7, by + 8, by + 9, by + 10, by + 11,     \
                                           by + 12, by + 13, by + 14, by + 15)
  max = LARGER(TURNED(8), max);
  max = LARGER(TURNED(4), max);
  max = LARGER(TURNED(2), max);
  max = LARGER(TURNED(1), max);
#undef TURNED
  return max[0];
}

/// Keeps the first `count` lanes and puts `filler` into the others.
INLINE void fill_rest16(v16 *v, size_t count, float filler) {
  const v16i lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  *v = SELECT(lanes < (int32_t)count, *v, SPLAT(filler));
}

/// Loads `count` <= LANES floats, and zeros into the lanes after them.
INLINE void load_first16(v16 *v, const float *x, size_t count) {
  *v = (v16){0};
  memcpy(v, x, count * sizeof(float));
}

/// exp of every lane, within 2 units in the last place for arguments in [-87, 88]; NaN stays NaN.
INLINE void exp16(v16 *x) {
  const float log2e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  // 1.5 * 2^23: adding it rounds to an integer, with 127 to the bits of an exponent.
  const float round_magic = 12582912.0f + 127.0f;
  const v16 low = SPLAT(-87.0f), high = SPLAT(88.0f);
  v16 v = *x;
  // In this way round a NaN is neither below nor above.
  v = SELECT(v < low, low, v);
  v = SELECT(v > high, high, v);
  const v16 shifted = FMA(v, SPLAT(log2e), SPLAT(round_magic));
  const v16 n = shifted - round_magic;
  const v16 r = FMA(n, SPLAT(-ln2_low), FMA(n, SPLAT(-ln2_high), v));
  v16 p = FMA(r, SPLAT(1.9875691500e-4f), SPLAT(1.3981999507e-3f));
  p = FMA(p, r, SPLAT(8.3334519073e-3f));
  p = FMA(p, r, SPLAT(4.1665795894e-2f));
  p = FMA(p, r, SPLAT(1.6666665459e-1f));
  p = FMA(p, r, SPLAT(5.0000001201e-1f));
  p = FMA(p, r * r, r + 1.0f);
  *x = p * (v16)((v16i)shifted << 23);
}

/// tanh of every lane, from one exponential; absolute error below 3e-7.
INLINE void tanh16(v16 *x) {
  v16 e = *x * 2.0f;
  exp16(&e);
  *x = 1.0f - 2.0f / (e + 1.0f);
}

/// cap * tanh(x / cap) of every lane.
INLINE void softcap16(v16 *x, float cap) {
  *x /= cap;
  tanh16(x);
  *x *= cap;
}

INLINE uint16_t bf16_from_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16) | 0x40;
  return (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

/// Stores sixteen floats at element `i` of `out`, as float32 or as bfloat16.
INLINE void store16(const v16 *v, void *out, size_t i, bool to_bf16) {
  if (!to_bf16) {
    *(v16 *)((float *)out + i) = *v;
    return;
  }
  v16u bits = (v16u)*v;
  v16u rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  v16u quiet = (bits >> 16) | 0x40;
  v16u is_nan = (v16u)((bits & 0x7FFFFFFF) > 0x7F800000);
  rounded = (rounded & ~is_nan) | (quiet & is_nan);
  *(v16h *)((uint16_t *)out + i) = __builtin_convertvector(rounded, v16h);
}

/// Loads sixteen floats from element `i` of `x`, which is float32 or bfloat16.
INLINE void load16(v16 *v, const void *x, size_t i, bool is_bf16) {
  if (is_bf16)
    *v = (v16)(__builtin_convertvector(*(const v16h *)((const uint16_t *)x + i), v16u) << 16);
  else *v = *(const v16 *)((const float *)x + i);
}

INLINE float float_from_bf16(uint16_t x) {
  const uint32_t bits = (uint32_t)x << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE void store1(float value, void *out, size_t i, bool to_bf16) {
  if (to_bf16) ((uint16_t *)out)[i] = bf16_from_float(value);
  else ((float *)out)[i] = value;
}

#endif
