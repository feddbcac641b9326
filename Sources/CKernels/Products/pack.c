// Packs rows of a file into panels of 16 outputs.
#include "layout.h"

size_t ck_panel_bytes(ck_format format, size_t inputs) {
  size_t bytes = 0;
  switch (format) {
    case CK_F32: bytes = inputs * LANES * 4; break;
    case CK_F16: bytes = inputs * LANES * 2; break;
    case CK_BF16: bytes = (inputs + 1) / 2 * LANES * 4; break;
    default: {
      const layout l = layout_of(format);
      bytes = inputs / span_inputs(l) * span_bytes(l);
    }
  }
  return (bytes + LINE - 1) / LINE * LINE;
}

static uint16_t half_at(const uint8_t *bytes) {
  uint16_t half;
  memcpy(&half, bytes, sizeof half);
  return half;
}

static bool is_finite_half(uint16_t half) { return (half & 0x7C00) != 0x7C00; }

/// A block of a file, taken apart: codes, and bytes of scales and offsets for its groups.
typedef struct {
  uint8_t codes[256];
  int8_t scales[16];
  uint8_t offsets[16];
  /// float16.
  uint16_t scale, offset;
} parts;

static size_t block_bytes(ck_format format) {
  switch (format) {
    case CK_Q4_0: return 18;
    case CK_Q4_1: return 20;
    case CK_Q5_0: return 22;
    case CK_Q5_1: return 24;
    case CK_Q8_0: return 34;
    case CK_Q2_K: return 84;
    case CK_Q3_K: return 110;
    case CK_Q4_K: return 144;
    case CK_Q5_K: return 176;
    case CK_Q6_K: return 210;
    case CK_IQ4_NL: return 18;
    case CK_IQ4_XS: return 136;
    default: return 0;
  }
}

/// Byte i of `nibbles` holds number i in its low and number i + 16 in its high half.
INLINE void take_halves(const uint8_t *nibbles, parts *p) {
  for (int i = 0; i < 16; i++) {
    p->codes[i] = nibbles[i] & 15;
    p->codes[16 + i] = nibbles[i] >> 4;
  }
}

INLINE void add_fifths(const uint8_t *bytes, parts *p) {
  uint32_t fifths;
  memcpy(&fifths, bytes, sizeof fifths);
  for (int i = 0; i < 32; i++) p->codes[i] |= (uint8_t)((fifths >> i & 1) << 4);
}

/// Q4_K and Q5_K: groups 0 to 3 keep six bits in bytes 0-3 (scales) and 4-7 (offsets); groups 4 to 7
/// keep the low four bits in bytes 8-11 and the high two in the top of bytes 0-7.
INLINE void take_six_bits(const uint8_t *packed, parts *p) {
  for (int g = 0; g < 4; g++) {
    p->scales[g] = packed[g] & 63;
    p->offsets[g] = packed[g + 4] & 63;
    p->scales[g + 4] = (int8_t)((packed[g + 8] & 15) | packed[g] >> 6 << 4);
    p->offsets[g + 4] = (uint8_t)(packed[g + 8] >> 4 | packed[g + 4] >> 6 << 4);
  }
}

INLINE void take_q2_k(const uint8_t *b, parts *p) {
  p->scale = half_at(b + 80), p->offset = half_at(b + 82);
  for (int g = 0; g < 16; g++) {
    p->scales[g] = b[g] & 15;
    p->offsets[g] = b[g] >> 4;
    const uint8_t *quants = b + 16 + g / 8 * 32 + g % 2 * 16;
    const int shift = g % 8 / 2 * 2;
    for (int i = 0; i < 16; i++) p->codes[16 * g + i] = quants[i] >> shift & 3;
  }
}

INLINE void take_q3_k(const uint8_t *b, parts *p) {
  p->scale = half_at(b + 108), p->offset = 0;
  const uint8_t *scales = b + 96;
  for (int g = 0; g < 16; g++) {
    const int low = scales[g % 8] >> g / 8 * 4 & 15, high = scales[8 + g % 4] >> g / 4 * 2 & 3;
    p->scales[g] = (int8_t)((low | high << 4) - 32);
    const uint8_t *quants = b + 32 + g / 8 * 32 + g % 2 * 16, *thirds = b + g % 2 * 16;
    const int shift = g % 8 / 2 * 2, third = g / 2;
    for (int i = 0; i < 16; i++)
      p->codes[16 * g + i] =
        (uint8_t)((quants[i] >> shift & 3) | (thirds[i] >> third & 1) << 2);
  }
}

INLINE void take_q4_k(const uint8_t *b, parts *p) {
  p->scale = half_at(b), p->offset = half_at(b + 2);
  take_six_bits(b + 4, p);
  for (int g = 0; g < 8; g++)
    for (int i = 0; i < 32; i++)
      p->codes[32 * g + i] = b[16 + g / 2 * 32 + i] >> g % 2 * 4 & 15;
}

INLINE void take_q5_k(const uint8_t *b, parts *p) {
  p->scale = half_at(b), p->offset = half_at(b + 2);
  take_six_bits(b + 4, p);
  for (int g = 0; g < 8; g++)
    for (int i = 0; i < 32; i++)
      p->codes[32 * g + i] = (uint8_t)((b[48 + g / 2 * 32 + i] >> g % 2 * 4 & 15) |
                                       (b[16 + i] >> g & 1) << 4);
}

INLINE void take_q6_k(const uint8_t *b, parts *p) {
  p->scale = half_at(b + 208), p->offset = 0;
  for (int g = 0; g < 16; g++) {
    p->scales[g] = (int8_t)b[192 + g];
    const int within = g % 8;
    const uint8_t *low = b + g / 8 * 64 + within % 4 * 16;
    const uint8_t *high = b + 128 + g / 8 * 32 + within % 2 * 16;
    for (int i = 0; i < 16; i++)
      p->codes[16 * g + i] = (uint8_t)((low[i] >> within / 4 * 4 & 15) |
                                       (high[i] >> within / 2 * 2 & 3) << 4);
  }
}

INLINE void take_iq4_xs(const uint8_t *b, parts *p) {
  uint16_t high;
  memcpy(&high, b + 2, sizeof high);
  for (int g = 0; g < 8; g++) {
    const int low = b[4 + g / 2] >> g % 2 * 4 & 15;
    p->scales[g] = (int8_t)((low | (high >> 2 * g & 3) << 4) - 32);
    for (int i = 0; i < 16; i++) {
      p->codes[32 * g + i] = b[8 + 16 * g + i] & 15;
      p->codes[32 * g + 16 + i] = b[8 + 16 * g + i] >> 4;
    }
  }
}

INLINE void take(ck_format format, const uint8_t *b, parts *p) {
  p->scale = half_at(b);
  p->offset = half_at(b + 2);
  switch (format) {
    case CK_Q4_0: take_halves(b + 2, p); break;
    case CK_Q4_1: take_halves(b + 4, p); break;
    case CK_Q5_0: take_halves(b + 6, p), add_fifths(b + 2, p); break;
    case CK_Q5_1: take_halves(b + 8, p), add_fifths(b + 4, p); break;
    case CK_Q8_0:
      for (int i = 0; i < 32; i++) p->codes[i] = b[2 + i] ^ 128;
      break;
    case CK_Q2_K: take_q2_k(b, p); break;
    case CK_Q3_K: take_q3_k(b, p); break;
    case CK_Q4_K: take_q4_k(b, p); break;
    case CK_Q5_K: take_q5_k(b, p); break;
    case CK_Q6_K: take_q6_k(b, p); break;
    case CK_IQ4_NL: take_halves(b + 2, p); break;
    case CK_IQ4_XS: take_iq4_xs(b, p); break;
    default: break;
  }
}

/// Writes the lower bits of a unit's codes [input] into an output's lane of the lower plane.
INLINE void put_low(layout l, const uint8_t *codes, size_t output, uint8_t *plane) {
  const int count = word_codes(l);
  for (int w = 0; w < l.low; w++) {
    uint32_t word = 0, four;
    for (int c = 0; c < count; c += 4) {
      memcpy(&four, codes + w * count + c, sizeof four);
      word |= (four & ((1u << l.low) - 1) * 0x01010101) << code_at(l, c);
    }
    memcpy(plane + w * WORD + 4 * output, &word, sizeof word);
  }
}

/// The same of the upper bits: words of the lower plane take turns in a word of the upper one.
INLINE void put_high(layout l, const uint8_t *codes, size_t output, uint8_t *plane) {
  const int count = word_codes(l);
  uint32_t words[2] = {0}, four;
  for (int w = 0; w < l.low; w++)
    for (int c = 0; c < count; c += 4) {
      memcpy(&four, codes + w * count + c, sizeof four);
      words[high_word(l, (size_t)w)] |=
        (four >> l.low & ((1u << l.high) - 1) * 0x01010101) << high_at(l, (size_t)w, c / 4);
    }
  for (int w = 0; w < l.high; w++)
    memcpy(plane + w * WORD + 4 * output, &words[w], sizeof words[w]);
}

INLINE void put(layout l, const parts *p, size_t output, uint8_t *span) {
  memcpy(span + 2 * output, &p->scale, 2);
  if (l.has_offset) memcpy(span + 2 * LANES + 2 * output, &p->offset, 2);
  if (l.is_nested)
    for (size_t g = 0; g < span_inputs(l) / (size_t)l.group; g++) {
      uint8_t *nested = span + nested_at(l) + g * LANES + output;
      *nested = (uint8_t)p->scales[g];
      if (l.has_offset) nested[nested_bytes(l)] = p->offsets[g];
    }
  for (size_t u = 0; u < span_inputs(l) / UNIT; u++) {
    uint8_t *unit = span + units_at(l) + u * unit_bytes(l);
    put_low(l, p->codes + u * UNIT, output, unit);
    if (l.high > 0) put_high(l, p->codes + u * UNIT, output, unit + l.low * WORD);
  }
}

/// Returns whether all scales are finite.
INLINE bool pack_row(ck_format format, size_t inputs, const uint8_t *row, size_t output,
                     uint8_t *panel) {
  const layout l = layout_of(format);
  bool is_finite = true;
  parts p;
  for (size_t i = 0; i < inputs; i += span_inputs(l)) {
    take(format, row, &p);
    is_finite = is_finite && is_finite_half(p.scale) && (!l.has_offset || is_finite_half(p.offset));
    put(l, &p, output, panel);
    row += block_bytes(format);
    panel += span_bytes(l);
  }
  return is_finite;
}

static bool pack_f32(size_t inputs, const uint8_t *row, size_t output, float *panel) {
  bool is_finite = true;
  for (size_t i = 0; i < inputs; i++) {
    float number;
    memcpy(&number, row + 4 * i, sizeof number);
    is_finite = is_finite && isfinite(number);
    panel[i * LANES + output] = number;
  }
  return is_finite;
}

/// Of float16 inputs lie one after another, of bfloat16 in pairs; `exponent` has its bits set.
static bool pack_short(size_t inputs, const uint8_t *row, size_t output, size_t together,
                       uint16_t exponent, uint16_t *panel) {
  bool is_finite = true;
  for (size_t i = 0; i < inputs; i++) {
    const uint16_t number = half_at(row + 2 * i);
    is_finite = is_finite && (number & exponent) != exponent;
    panel[i / together * together * LANES + output * together + i % together] = number;
  }
  return is_finite;
}

static bool pack(ck_format format, size_t inputs, const void *row, size_t output, void *panel) {
  switch (format) {
    case CK_F32: return pack_f32(inputs, row, output, panel);
    case CK_F16: return pack_short(inputs, row, output, 1, 0x7C00, panel);
    case CK_BF16: return pack_short(inputs, row, output, 2, 0x7F80, panel);
    case CK_Q4_0: return pack_row(CK_Q4_0, inputs, row, output, panel);
    case CK_Q4_1: return pack_row(CK_Q4_1, inputs, row, output, panel);
    case CK_Q5_0: return pack_row(CK_Q5_0, inputs, row, output, panel);
    case CK_Q5_1: return pack_row(CK_Q5_1, inputs, row, output, panel);
    case CK_Q8_0: return pack_row(CK_Q8_0, inputs, row, output, panel);
    case CK_Q2_K: return pack_row(CK_Q2_K, inputs, row, output, panel);
    case CK_Q3_K: return pack_row(CK_Q3_K, inputs, row, output, panel);
    case CK_Q4_K: return pack_row(CK_Q4_K, inputs, row, output, panel);
    case CK_Q5_K: return pack_row(CK_Q5_K, inputs, row, output, panel);
    case CK_Q6_K: return pack_row(CK_Q6_K, inputs, row, output, panel);
    case CK_IQ4_NL: return pack_row(CK_IQ4_NL, inputs, row, output, panel);
    case CK_IQ4_XS: return pack_row(CK_IQ4_XS, inputs, row, output, panel);
  }
  return true;
}

size_t ck_pack_panel(ck_format format, size_t inputs, const void *const *rows, void *panel) {
  size_t damaged = CK_PANEL_OUTPUTS;
  // What has no row, and the second of a last single input, stays zero.
  memset(panel, 0, ck_panel_bytes(format, inputs));
  for (size_t output = 0; output < LANES; output++) {
    if (rows[output] == NULL || pack(format, inputs, rows[output], output, panel)) continue;
    if (damaged == CK_PANEL_OUTPUTS) damaged = output;
  }
  return damaged;
}
