// How a panel of quantised outputs lies in memory.
//
// Inputs come in units of 32. A unit's codes lie in planes: the lower bits of all codes, then the
// upper ones. A plane is words of 16 lanes, one for each output, and a word has as many codes as have
// room in 32 bits: the first four in the lowest bits of its bytes, the next four above them, and so
// on. A word of the upper plane serves several words of the lower one in turn. Before the units of a
// span lie the scales that they share.
#ifndef WORKBENCH_LAYOUT_H
#define WORKBENCH_LAYOUT_H

#include "../simd.h"
#include "products.h"

#define UNIT 32
#define WORD (LANES * 4)

/// number = (code - zero) * scale + offset.
typedef struct {
  /// Bits of a code in the lower and the upper plane.
  int low, high;
  /// Whether the code above is a byte of a table, of which the planes have the index.
  bool is_looked_up;
  int zero;
  /// Inputs that share a scale.
  int group;
  bool has_offset;
  /// Whether scales and offsets are bytes times a scale and an offset that the span shares.
  bool is_nested;
} layout;

INLINE layout layout_of(ck_format format) {
  switch (format) {
    case CK_Q4_0: return (layout){4, 0, false, 8, 32, false, false};
    case CK_Q4_1: return (layout){4, 0, false, 0, 32, true, false};
    case CK_Q5_0: return (layout){4, 1, false, 16, 32, false, false};
    case CK_Q5_1: return (layout){4, 1, false, 0, 32, true, false};
    case CK_Q8_0: return (layout){8, 0, false, 128, 32, false, false};
    case CK_Q2_K: return (layout){2, 0, false, 0, 16, true, true};
    case CK_Q3_K: return (layout){2, 1, false, 4, 16, false, true};
    case CK_Q4_K: return (layout){4, 0, false, 0, 32, true, true};
    case CK_Q5_K: return (layout){4, 1, false, 0, 32, true, true};
    case CK_Q6_K: return (layout){4, 2, false, 32, 16, false, true};
    case CK_IQ4_NL: return (layout){4, 0, true, 128, 32, false, false};
    case CK_IQ4_XS: return (layout){4, 0, true, 128, 32, false, true};
    case CK_F32:
    case CK_F16:
    case CK_BF16: break;
  }
  return (layout){0};
}

/// What indices of IQ4 stand for: ggml's kvalues_iq4nl, each 128 larger.
static const uint8_t iq4_codes[16] = {1,   24,  45,  63,  79,  93,  106, 118,
                                      129, 141, 153, 166, 181, 197, 217, 241};

INLINE size_t span_inputs(layout l) { return l.is_nested ? 256 : UNIT; }

/// Where a span has the bytes of its groups' scales, [group, output]; those of offsets follow.
INLINE size_t nested_at(layout l) { return (size_t)(l.has_offset ? 2 : 1) * LANES * 2; }

INLINE size_t nested_bytes(layout l) { return span_inputs(l) / (size_t)l.group * LANES; }

/// Where a span's units begin.
INLINE size_t units_at(layout l) {
  return nested_at(l) + (l.is_nested ? nested_bytes(l) * (l.has_offset ? 2 : 1) : 0);
}

/// Bits of a code as it is multiplied.
INLINE int code_bits(layout l) { return l.is_looked_up ? 8 : l.low + l.high; }

INLINE int word_codes(layout l) { return UNIT / l.low; }

/// Words of the lower plane that share scales.
INLINE size_t group_words(layout l) { return (size_t)(l.group / word_codes(l)); }

/// Where a word of the lower plane has its code c.
INLINE int code_at(layout l, int c) { return c % 4 * 8 + c / 4 * l.low; }

/// The word of the upper plane that serves word w of the lower one.
INLINE size_t high_word(layout l, size_t w) { return w * (size_t)l.high / (size_t)l.low; }

/// Where its bytes have the upper bits of the four codes that are number `four` of word w.
INLINE int high_at(layout l, size_t w, int four) {
  return (int)w * l.high % l.low * (8 / l.low) + four * l.high;
}

INLINE size_t unit_bytes(layout l) { return (size_t)(l.low + l.high) * WORD; }

INLINE size_t span_bytes(layout l) { return units_at(l) + span_inputs(l) / UNIT * unit_bytes(l); }

#endif
