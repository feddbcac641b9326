// Products with weights as files have them: packing, unpacking, multiplying.
#include "products.h"

#include <stdlib.h>
#include <string.h>

#include "parity.h"

#define ALIGNMENT 64

/// A block of a format: its numbers and bytes, and where its float16 scales lie.
typedef struct {
  size_t numbers, bytes, scales, scale_at[2];
} block;

static const block blocks[CK_FORMATS] = {
  [CK_F32] = {1, 4, 0, {0}},
  [CK_F16] = {1, 2, 1, {0}},
  [CK_BF16] = {1, 2, 0, {0}},
  [CK_Q4_0] = {32, 18, 1, {0}},
  [CK_Q4_1] = {32, 20, 2, {0, 2}},
  [CK_Q5_0] = {32, 22, 1, {0}},
  [CK_Q5_1] = {32, 24, 2, {0, 2}},
  [CK_Q8_0] = {32, 34, 1, {0}},
  [CK_Q2_K] = {256, 84, 2, {80, 82}},
  [CK_Q3_K] = {256, 110, 1, {108}},
  [CK_Q4_K] = {256, 144, 2, {0, 2}},
  [CK_Q5_K] = {256, 176, 2, {0, 2}},
  [CK_Q6_K] = {256, 210, 1, {208}},
  [CK_IQ4_NL] = {32, 18, 1, {0}},
  [CK_IQ4_XS] = {256, 136, 1, {0}},
};

/// Random blocks whose scales are finite: all else may be any bits.
static char *random_row(ck_format format, size_t inputs) {
  const block b = blocks[format];
  if (format == CK_F32) return (char *)floats(inputs, 1);
  const size_t count = inputs / b.numbers;
  char *row = room(count * b.bytes);
  if (format == CK_BF16) {
    ck_convert(floats(inputs, 1), inputs, row, true);
    return row;
  }
  for (size_t i = 0; i < count; i++) {
    char *one = row + i * b.bytes;
    for (size_t byte = 0; byte < b.bytes; byte++) one[byte] = (char)next_random();
    for (size_t s = 0; s < b.scales; s++) {
      const _Float16 scale = (_Float16)((float)(int)(next_random() % 2048) / 1024 - 1);
      memcpy(one + b.scale_at[s], &scale, sizeof scale);
    }
  }
  return row;
}

static void *aligned(size_t bytes) {
  char *memory = room(bytes + ALIGNMENT);
  return memory + (ALIGNMENT - (uintptr_t)memory % ALIGNMENT) % ALIGNMENT;
}

static size_t panel_count(size_t outputs) {
  return (outputs + CK_PANEL_OUTPUTS - 1) / CK_PANEL_OUTPUTS;
}

static ck_weight random_weight(ck_format format, size_t outputs, size_t inputs) {
  const size_t bytes = ck_panel_bytes(format, inputs);
  char *panels = aligned(panel_count(outputs) * bytes);
  const void *rows[CK_PANEL_OUTPUTS];
  for (size_t panel = 0; panel < panel_count(outputs); panel++) {
    for (size_t i = 0; i < CK_PANEL_OUTPUTS; i++) {
      const bool is_there = panel * CK_PANEL_OUTPUTS + i < outputs;
      rows[i] = is_there ? random_row(format, inputs) : NULL;
    }
    memset(panels + panel * bytes, 0, bytes);
    if (ck_pack_panel(format, inputs, rows, panels + panel * bytes) != CK_PANEL_OUTPUTS) abort();
  }
  const ck_weight weight = {format, outputs, inputs, panels};
  return weight;
}

static void pack_panel(const size_t *s) {
  const ck_weight weight = random_weight((ck_format)s[0], s[1], s[2]);
  digest(weight.panels, panel_count(s[1]) * ck_panel_bytes(weight.format, s[2]));
}

static void unpack_panel(const size_t *s) {
  const ck_weight weight = random_weight((ck_format)s[0], CK_PANEL_OUTPUTS, s[1]);
  float *out = room(s[1] * CK_PANEL_OUTPUTS * sizeof *out);
  ck_unpack_panel(weight.format, s[1], weight.panels, out);
  digest_floats(out, s[1] * CK_PANEL_OUTPUTS);
}

static const void *random_rows(size_t n, bool is_bf16) {
  const float *x = floats(n, 2);
  if (!is_bf16) return x;
  uint16_t *rounded = room(n * sizeof *rounded);
  ck_convert(x, n, rounded, true);
  return rounded;
}

enum { FORMAT, OUTPUTS, INPUTS, BF16, ROWS };

static ck_product random_product(const size_t *s) {
  const ck_product product = {
    random_weight((ck_format)s[FORMAT], s[OUTPUTS], s[INPUTS]), ck_family_in_use(), s[BF16],
    s[INPUTS] + 32, s[OUTPUTS] + 3};
  return product;
}

static void multiply(const size_t *s) {
  const ck_product product = random_product(s);
  const void *x = random_rows(s[ROWS] * product.x_stride, s[BF16]);
  float *y = room(s[ROWS] * product.y_stride * sizeof *y);
  ck_multiply(&product, s[ROWS], x, 0, panel_count(s[OUTPUTS]), y,
              aligned(ck_multiply_scratch(&product, s[ROWS])));
  digest_floats(y, s[ROWS] * product.y_stride);
}

static void multiply_outputs(const size_t *s) {
  const ck_product product = random_product(s);
  const void *x = random_rows(product.x_stride, s[BF16]);
  int32_t outputs[9];
  for (size_t i = 0; i < 9; i++) outputs[i] = (int32_t)(next_random() % s[OUTPUTS]);
  float y[9];
  ck_multiply_outputs(&product, x, outputs, 9, y, aligned(ck_multiply_scratch(&product, 1)));
  digest_floats(y, 9);
}

// Beside bfloat16 rows weights of single numbers are bfloat16.
#define PAIRED_FORMATS(LINE)                                                         \
  LINE(CK_BF16), LINE(CK_Q4_0), LINE(CK_Q4_1), LINE(CK_Q5_0), LINE(CK_Q5_1),         \
    LINE(CK_Q8_0), LINE(CK_Q2_K), LINE(CK_Q3_K), LINE(CK_Q4_K), LINE(CK_Q5_K), LINE(CK_Q6_K), \
    LINE(CK_IQ4_NL), LINE(CK_IQ4_XS)
#define FORMATS(LINE) LINE(CK_F32), LINE(CK_F16), PAIRED_FORMATS(LINE)
#define MULTIPLY(FORMAT, BF16, ROWS)                                                          \
  {"ck_multiply", "format outputs inputs bf16 rows", multiply, {FORMAT, 40, 768, BF16, ROWS}, \
   BF16}
#define PACK(FORMAT) {"ck_pack_panel", "format outputs inputs", pack_panel, {FORMAT, 24, 512}}
#define UNPACK(FORMAT) {"ck_unpack_panel", "format inputs", unpack_panel, {FORMAT, 512}}
#define ONE_ROW(FORMAT) MULTIPLY(FORMAT, 0, 1)
#define MANY_ROWS(FORMAT) MULTIPLY(FORMAT, 0, 23)
#define ONE_BF16_ROW(FORMAT) MULTIPLY(FORMAT, 1, 1)
#define MANY_BF16_ROWS(FORMAT) MULTIPLY(FORMAT, 1, 23)
#define SOME_OUTPUTS(FORMAT) \
  {"ck_multiply_outputs", "format outputs inputs bf16", multiply_outputs, {FORMAT, 40, 768, 0}}

const parity_case product_cases[] = {
  FORMATS(PACK),
  FORMATS(UNPACK),
  FORMATS(ONE_ROW),
  FORMATS(MANY_ROWS),
  PAIRED_FORMATS(ONE_BF16_ROW),
  PAIRED_FORMATS(MANY_BF16_ROWS),
  FORMATS(SOME_OUTPUTS),
  {NULL},
};
