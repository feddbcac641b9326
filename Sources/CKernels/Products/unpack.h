// Unpacks a stretch of a panel's inputs, into float32 [input, output] or into the pairs of bfloat16
// that dot products take, [input / 2, output, 2].
#ifndef WORKBENCH_UNPACK_H
#define WORKBENCH_UNPACK_H

#include "layout.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// What a stretch is unpacked to.
typedef enum {
  NUMBERS,
  /// Numbers rounded to bfloat16, still as float32.
  ROUNDED_NUMBERS,
  /// Pairs of bfloat16.
  PAIRS,
} unpacked;

/// The bits of finite numbers rounded to bfloat16, in the upper halves; the lower halves are garbage.
INLINE void round16(const v16 *v, v16u *bits) {
  const v16u b = (v16u)*v;
  *bits = b + 0x7FFF + (b >> 16 & 1);
}

/// Two numbers of each output, the one of the lower input first.
INLINE void join_pairs(const v16 *first, const v16 *second, v16u *pairs) {
  v16u low, high;
  round16(first, &low);
  round16(second, &high);
  *pairs = low >> 16 | (high & 0xFFFF0000);
}

/// Writes the numbers of the inputs i and i + 1, of which i is even.
INLINE void emit2(unpacked to, const v16 *first, const v16 *second, size_t i, void *out) {
  if (to == PAIRS) {
    join_pairs(first, second, (v16u *)((uint32_t *)out + i / 2 * LANES));
    return;
  }
  v16 *numbers = (v16 *)((float *)out + i * LANES), *next = (v16 *)((float *)out + (i + 1) * LANES);
  if (to == NUMBERS) {
    *numbers = *first;
    *next = *second;
    return;
  }
  v16u low, high;
  round16(first, &low);
  round16(second, &high);
  *numbers = (v16)(low & 0xFFFF0000);
  *next = (v16)(high & 0xFFFF0000);
}

INLINE void load_half16(const uint8_t *at, v16 *v) {
  *v = __builtin_convertvector(*(const v16f *)at, v16);
}

INLINE void load_byte16(const uint8_t *at, bool is_signed, v16 *v) {
  typedef uint8_t v16ub __attribute__((vector_size(16), aligned(1)));
  const v16i wide = is_signed ? __builtin_convertvector(*(const v16b *)at, v16i)
                              : (v16i)__builtin_convertvector(*(const v16ub *)at, v16u);
  *v = __builtin_convertvector(wide, v16);
}

/// The scale and the offset of a group of a span.
INLINE void load_scales(layout l, const uint8_t *span, size_t group, v16 *scale, v16 *offset) {
  load_half16(span, scale);
  if (l.has_offset) load_half16(span + 2 * LANES, offset);
  if (!l.is_nested) return;
  const uint8_t *nested = span + nested_at(l) + group * LANES;
  v16 of_group;
  load_byte16(nested, true, &of_group);
  *scale *= of_group;
  if (!l.has_offset) return;
  load_byte16(nested + nested_bytes(l), false, &of_group);
  // Files have what is subtracted; -0 leaves every number as it is.
  *offset = -(*offset * of_group);
}

INLINE void number16(layout l, const v16u *low, const v16u *high, int place, const v16 *scale,
                     const v16 *offset, v16 *number) {
  v16u code = *low >> (place * l.low) & ((1u << l.low) - 1);
  if (l.high > 0) code |= (*high >> (place * l.high) & ((1u << l.high) - 1)) << l.low;
  *number = __builtin_convertvector((v16i)code, v16);
  if (l.zero != 0) *number -= (float)l.zero;
  *number *= *scale;
  if (l.has_offset) *number += *offset;
}

/// Unpacks a unit, whose scales are those of the groups from `group` on.
INLINE void unpack_unit(layout l, const uint8_t *span, const uint8_t *planes, size_t group,
                        unpacked to, size_t i, void *out) {
  const int codes = UNIT / l.low, words = l.group / codes;
  for (int g = 0; g < UNIT / l.group; g++) {
    v16 scale, offset = {0};
    load_scales(l, span, group + (size_t)g, &scale, &offset);
    for (int w = g * words; w < (g + 1) * words; w++) {
      const v16u low = *(const v16u *)(planes + w * WORD);
      v16u high = {0};
      if (l.high > 0) {
        const int bit = w * codes * l.high;
        high = *(const v16u *)(planes + (l.low + bit / 32) * WORD) >> bit % 32;
      }
#pragma clang loop unroll(full)
      for (int c = 0; c < codes; c += 2) {
        v16 first, second;
        number16(l, &low, &high, c, &scale, &offset, &first);
        number16(l, &low, &high, c + 1, &scale, &offset, &second);
        emit2(to, &first, &second, i + (size_t)(w * codes + c), out);
      }
    }
  }
}

INLINE void unpack_blocks(ck_format format, const uint8_t *panel, size_t from, size_t to,
                          unpacked kind, void *out) {
  const layout l = layout_of(format);
  for (size_t i = from; i < to; i += UNIT) {
    const uint8_t *span = panel + i / span_inputs(l) * span_bytes(l);
    const size_t unit = i % span_inputs(l) / UNIT;
    unpack_unit(l, span, span + units_at(l) + unit * unit_bytes(l),
                unit * UNIT / (size_t)l.group, kind, i - from, out);
  }
}

INLINE void unpack_f16(const uint8_t *panel, size_t from, size_t to, float *out) {
  for (size_t i = from; i < to; i++) load_half16(panel + i * LANES * 2, (v16 *)(out + (i - from) * LANES));
}

/// From an even input on; of a last single input the pair's second is written, too.
INLINE void unpack_bf16(const uint8_t *panel, size_t from, size_t to, float *out) {
  for (size_t i = from; i < to; i += 2, out += 2 * LANES) {
    const v16u pairs = *(const v16u *)(panel + i / 2 * WORD);
    *(v16 *)out = (v16)(pairs << 16);
    if (i + 1 < to) *(v16 *)(out + LANES) = (v16)(pairs & 0xFFFF0000);
  }
}

/// Unpacks the inputs [from, to), which begin and end with units, or with the last input.
INLINE void unpack(ck_format format, const uint8_t *panel, size_t from, size_t to, unpacked kind,
                   void *out) {
  switch (format) {
    case CK_F32: memcpy(out, panel + from * LANES * 4, (to - from) * LANES * 4); return;
    case CK_F16: unpack_f16(panel, from, to, out); return;
    case CK_BF16: unpack_bf16(panel, from, to, out); return;
    case CK_Q4_0: unpack_blocks(CK_Q4_0, panel, from, to, kind, out); return;
    case CK_Q4_1: unpack_blocks(CK_Q4_1, panel, from, to, kind, out); return;
    case CK_Q5_0: unpack_blocks(CK_Q5_0, panel, from, to, kind, out); return;
    case CK_Q5_1: unpack_blocks(CK_Q5_1, panel, from, to, kind, out); return;
    case CK_Q8_0: unpack_blocks(CK_Q8_0, panel, from, to, kind, out); return;
    case CK_Q2_K: unpack_blocks(CK_Q2_K, panel, from, to, kind, out); return;
    case CK_Q3_K: unpack_blocks(CK_Q3_K, panel, from, to, kind, out); return;
    case CK_Q4_K: unpack_blocks(CK_Q4_K, panel, from, to, kind, out); return;
    case CK_Q5_K: unpack_blocks(CK_Q5_K, panel, from, to, kind, out); return;
    case CK_Q6_K: unpack_blocks(CK_Q6_K, panel, from, to, kind, out); return;
  }
}

#endif
