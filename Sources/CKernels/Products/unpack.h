// Unpacks a stretch of a panel's inputs, into float32 [input, output] or into the pairs of bfloat16
// that dot products take, [input / 2, output, 2].
#ifndef WORKBENCH_UNPACK_H
#define WORKBENCH_UNPACK_H

#include "multiply.h"

/// Rounds to bfloat16, to even where both neighbours are as near. Dekker's split at 16 bits: what a
/// number 65,537 times as large loses is what is above its upper half. No number of a block is so
/// large that it overflows.
INLINE void round_numbers(v16 numbers[2]) {
  for (size_t n = 0; n < 2; n++) {
    const v16 larger = numbers[n] * 65537.0f;
    numbers[n] = larger - (larger - numbers[n]);
  }
}

#if HAS_PAIRS

/// Two numbers of each output, the one of the lower input first. A number of a block is zero or far
/// above what the instruction takes for zero.
INLINE void join_pairs(const v16 numbers[2], v16u *pairs) {
  typedef uint16_t v32h __attribute__((vector_size(64), aligned(2)));
  const v32h apart = (v32h)_mm512_cvtne2ps_pbh((__m512)numbers[1], (__m512)numbers[0]);
#define BESIDE(i) i, i + 16
  *pairs = (v16u)__builtin_shufflevector(
    apart, apart, BESIDE(0), BESIDE(1), BESIDE(2), BESIDE(3), BESIDE(4), BESIDE(5), BESIDE(6),
    BESIDE(7), BESIDE(8), BESIDE(9), BESIDE(10), BESIDE(11), BESIDE(12), BESIDE(13), BESIDE(14),
    BESIDE(15));
#undef BESIDE
}

#endif

/// Writes the numbers of the inputs i and i + 1, of which i is even.
INLINE void emit2(unpacked to, v16 numbers[2], size_t i, void *out) {
#if HAS_PAIRS
  if (to == PAIRS) {
    join_pairs(numbers, (v16u *)((uint32_t *)out + i / 2 * LANES));
    return;
  }
#endif
  if (to == ROUNDED_NUMBERS) round_numbers(numbers);
  for (size_t n = 0; n < 2; n++) *(v16 *)((float *)out + (i + n) * LANES) = numbers[n];
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

/// Replaces each byte, an index, by what `table` has there.
INLINE void look_up(const uint8_t table[16], v16u *bytes) {
#if !defined(__x86_64__)
  const uint8x16_t all = vld1q_u8(table);
  uint8x16_t parts[4];
  memcpy(parts, bytes, sizeof parts);
  for (int p = 0; p < 4; p++) parts[p] = vqtbl1q_u8(all, parts[p]);
  memcpy(bytes, parts, sizeof parts);
#elif HAS_512
  const __m512i all = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
  *bytes = (v16u)_mm512_shuffle_epi8(all, (__m512i)*bytes);
#else
  const __m256i all = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
  __m256i halves[2];
  memcpy(halves, bytes, sizeof halves);
  for (int h = 0; h < 2; h++) halves[h] = _mm256_shuffle_epi8(all, halves[h]);
  memcpy(bytes, halves, sizeof halves);
#endif
}

// Codes of a word that are taken together, at most.
#define PLACES 8

/// Codes of a word that are taken together: as many as are where a float's bits have room for them.
INLINE int places(layout l) {
  return l.low == 4 && l.high == 0 && !l.is_looked_up ? 8 : 4;
}

INLINE int turns(layout l) { return word_codes(l) / places(l); }

/// What makes numbers of a group's codes, each an integer that stands for itself times the power of two
/// of its place.
typedef struct {
  /// [place].
  v16 scale[PLACES];
  v16 offset;
} group_scales;

INLINE bool is_topmost(layout l, int place) {
  return code_at(l, place) + (l.is_looked_up ? code_bits(l) : l.low) == 32;
}

INLINE void load_scales(layout l, const uint8_t *span, size_t group, group_scales *s) {
  v16 scale, offset, of_group;
  load_half16(span, &scale);
  if (l.has_offset) load_half16(span + 2 * LANES, &offset);
  if (l.is_nested) {
    const uint8_t *nested = span + nested_at(l) + group * LANES;
    load_byte16(nested, true, &of_group);
    scale *= of_group;
    if (l.has_offset) {
      load_byte16(nested + nested_bytes(l), false, &of_group);
      // Files have what is subtracted.
      offset *= -of_group;
    }
  }
  s->offset = l.has_offset ? offset : scale * (float)-l.zero;
#pragma clang loop unroll(full)
  for (int place = 0; place < places(l); place++)
    s->scale[place] =
      is_topmost(l, place) ? scale : scale * (1.0f / (float)(1 << code_at(l, place)));
}

/// The codes [turn * places, (turn + 1) * places) of word w of a unit, at their places, among others
/// where there is one plane.
INLINE void load_codes(layout l, const uint8_t *planes, size_t w, int turn, v16u *codes) {
  const uint32_t each = 0x01010101;
  *codes = *(const v16u *)(planes + w * WORD) >> (turn * l.low);
  if (l.is_looked_up) {
    *codes &= ((1u << l.low) - 1) * each;
    look_up(iq4_codes, codes);
  }
  if (l.high == 0) return;
  const v16u high = *(const v16u *)(planes + ((size_t)l.low + high_word(l, w)) * WORD);
  const int up = l.low - high_at(l, w, turn);
  *codes &= ((1u << l.low) - 1) * each;
  *codes |= (up >= 0 ? high << up : high >> -up) & (((1u << l.high) - 1) << l.low) * each;
}

/// A code times its scale has at most 24 bits, and so has its zero: only a sum with an offset of the
/// file is rounded.
INLINE void number16(layout l, const v16u *codes, int place, const group_scales *s, v16 *number) {
  const int at = code_at(l, place);
  const uint32_t bits = (1u << code_bits(l)) - 1;
  const v16u code = is_topmost(l, place) ? *codes >> at : *codes & bits << at;
  *number = FMA(__builtin_convertvector((v16i)code, v16), s->scale[place], s->offset);
}

/// Unpacks a unit, whose scales are those of the groups from `group` on.
INLINE void unpack_unit(layout l, const uint8_t *span, const uint8_t *planes, size_t group,
                        unpacked to, size_t i, void *out) {
  for (size_t g = 0; g < UNIT / (size_t)l.group; g++) {
    group_scales scales;
    load_scales(l, span, group + g, &scales);
    for (size_t w = g * group_words(l); w < (g + 1) * group_words(l); w++)
#pragma clang loop unroll(full)
      for (int turn = 0; turn < turns(l); turn++) {
        v16u codes;
        load_codes(l, planes, w, turn, &codes);
        const size_t first = i + w * (size_t)word_codes(l) + (size_t)(turn * places(l));
#pragma clang loop unroll(full)
        for (int place = 0; place < places(l); place += 2) {
          v16 numbers[2];
          number16(l, &codes, place, &scales, &numbers[0]);
          number16(l, &codes, place + 1, &scales, &numbers[1]);
          emit2(to, numbers, first + (size_t)place, out);
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
    case CK_IQ4_NL: unpack_blocks(CK_IQ4_NL, panel, from, to, kind, out); return;
    case CK_IQ4_XS: unpack_blocks(CK_IQ4_XS, panel, from, to, kind, out); return;
  }
}

#endif
