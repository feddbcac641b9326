// The oracles of products: numbers taken from a panel one by one, sums by a loop of fmaf.
#include <stdlib.h>

#include "layout.h"

static float half_number(const uint8_t *at) {
  _Float16 half;
  memcpy(&half, at, sizeof half);
  return half;
}

static uint32_t word_at(const uint8_t *plane, size_t w, size_t output) {
  uint32_t word;
  memcpy(&word, plane + w * WORD + 4 * output, sizeof word);
  return word;
}

static int code_of(layout l, const uint8_t *unit, size_t input, size_t output) {
  const size_t w = input / (size_t)word_codes(l);
  const int c = (int)(input % (size_t)word_codes(l));
  const uint32_t low = word_at(unit, w, output) >> code_at(l, c) & ((1u << l.low) - 1);
  if (l.is_looked_up) return iq4_codes[low];
  if (l.high == 0) return (int)low;
  const uint32_t high = word_at(unit + l.low * WORD, high_word(l, w), output);
  const int at = c % 4 * 8 + high_at(l, w, c / 4);
  return (int)(low | (high >> at & ((1u << l.high) - 1)) << l.low);
}

static float block_number(layout l, const uint8_t *panel, size_t input, size_t output) {
  const uint8_t *span = panel + input / span_inputs(l) * span_bytes(l);
  const size_t within = input % span_inputs(l), group = within / (size_t)l.group;
  const uint8_t *unit = span + units_at(l) + within / UNIT * unit_bytes(l);
  float scale = half_number(span + 2 * output);
  float offset = l.has_offset ? half_number(span + 2 * LANES + 2 * output) : 0;
  if (l.is_nested) {
    const uint8_t *nested = span + nested_at(l) + group * LANES + output;
    scale *= (float)(int8_t)nested[0];
    if (l.has_offset) offset *= (float)nested[nested_bytes(l)];
  }
  const float number = scale * (float)(code_of(l, unit, within % UNIT, output) - l.zero);
  // Minus zero becomes zero, as in the sum of the kernels.
  if (!l.has_offset) return number + 0.0f;
  return l.is_nested ? number - offset : number + offset;
}

static float number_of(ck_format format, const uint8_t *panel, size_t input, size_t output) {
  float number;
  uint16_t half;
  switch (format) {
    case CK_F32:
      memcpy(&number, panel + (input * LANES + output) * 4, sizeof number);
      return number;
    case CK_F16: return half_number(panel + (input * LANES + output) * 2);
    case CK_BF16:
      memcpy(&half, panel + ((input / 2 * LANES + output) * 2 + input % 2) * 2, sizeof half);
      return float_from_bf16(half);
    default: return block_number(layout_of(format), panel, input, output);
  }
}

void ck_unpack_panel_plain(ck_format format, size_t inputs, const void *panel, float *out) {
  for (size_t i = 0; i < inputs; i++)
    for (size_t o = 0; o < LANES; o++) out[i * LANES + o] = number_of(format, panel, i, o);
}

static float product_of_rounded(const ck_product *p, const void *x, const uint8_t *panel, size_t i,
                                size_t output, float sum) {
  const float w = number_of(p->weight.format, panel, i, output);
  return fmaf(float_from_bf16(((const uint16_t *)x)[i]), float_from_bf16(bf16_from_float(w)), sum);
}

/// x . w in the order of AMX: of 32 inputs at a time the firsts of pairs and their seconds apart.
static float dot_in_tiles(const ck_product *p, const void *x, const uint8_t *panel, size_t output) {
  float sum = 0;
  for (size_t first = 0; first < p->weight.inputs; first += 32) {
    float parts[2] = {0};
    for (size_t i = first; i < first + 32 && i < p->weight.inputs; i++)
      parts[i % 2] = product_of_rounded(p, x, panel, i, output, parts[i % 2]);
    sum += parts[0] + parts[1];
  }
  return sum;
}

/// x . w in the order of the kernels: inputs one by one, or the second of each pair before the first.
static float dot(const ck_product *p, const void *x, const uint8_t *panel, size_t output) {
  if (p->is_bf16 && p->family == CK_AMX_BF16) return dot_in_tiles(p, x, panel, output);
  const size_t inputs = p->weight.inputs;
  const size_t together = p->is_bf16 && p->family == CK_AVX512_BF16 ? 2 : 1;
  float sum = 0;
  for (size_t first = 0; first < inputs; first += together)
    for (size_t place = together; place-- > 0;) {
      const size_t i = first + place;
      if (i >= inputs) continue;
      sum = p->is_bf16 ? product_of_rounded(p, x, panel, i, output, sum)
                       : fmaf(((const float *)x)[i], number_of(p->weight.format, panel, i, output), sum);
    }
  return sum;
}

void ck_multiply_plain(const ck_product *p, size_t rows, const void *x, size_t from, size_t to,
                       float *y) {
  const size_t bytes = ck_panel_bytes(p->weight.format, p->weight.inputs);
  for (size_t r = 0; r < rows; r++)
    for (size_t o = from * LANES; o < to * LANES && o < p->weight.outputs; o++) {
      const uint8_t *panel = (const uint8_t *)p->weight.panels + o / LANES * bytes;
      const void *row = (const char *)x + r * p->x_stride * (p->is_bf16 ? 2 : 4);
      y[r * p->y_stride + o] = dot(p, row, panel, o % LANES);
    }
}
