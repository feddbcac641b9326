// Rows times panels. Compiled once for each family of instruction sets, by the file that is named
// after it.
//
// Few rows take the numbers of blocks straight from a panel into their sums. For more rows a stretch
// of panels is unpacked into a cache first, and groups of rows, whose sums stay in the registers,
// are multiplied by it.
#ifndef WORKBENCH_KERNELS_H
#define WORKBENCH_KERNELS_H

#include "multiply.h"
#include "unpack.h"

// How far ahead few rows ask for their blocks, in bytes: they wait for memory more than for sums.
#define AHEAD 2048

INLINE void begin(const tile *t, size_t rows, size_t panels, v16 sums[GROUP][TOGETHER_ALONE]) {
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++) sums[r][v] = (v16){0};
  if (!t->goes_on) return;
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      sums[r][v] = *(const v16 *)(t->y + r * t->y_stride + v * LANES);
}

INLINE void end(const tile *t, size_t rows, size_t panels, v16 sums[GROUP][TOGETHER_ALONE]) {
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      *(v16 *)(t->y + r * t->y_stride + v * LANES) = sums[r][v];
}

/// Counts of rows and panels that the compiler knows.
INLINE void multiply_numbers(const tile *t, size_t rows, size_t panels) {
  v16 sums[GROUP][TOGETHER_ALONE];
  begin(t, rows, panels, sums);
  for (size_t i = 0; i < t->inputs; i++) {
    v16 weights[TOGETHER_ALONE];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      weights[v] = *(const v16 *)((const float *)t->w[v] + i * LANES);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      const v16 input = SPLAT(((const float *)t->x)[r * t->x_stride + i]);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < panels; v++) sums[r][v] = FMA(input, weights[v], sums[r][v]);
    }
  }
  end(t, rows, panels, sums);
}

#if HAS_PAIRS

/// Adds the products of a pair of inputs, that of the second first.
INLINE void add_pairs(const v16u *weights, int32_t inputs, v16 *sums) {
  *sums = (v16)_mm512_dpbf16_ps((__m512)*sums, (__m512bh)*weights, (__m512bh)_mm512_set1_epi32(inputs));
}

/// Pairs of inputs; what lies behind a last single one is not read.
INLINE void multiply_pairs(const tile *t, size_t rows, size_t panels) {
  v16 sums[GROUP][TOGETHER_ALONE];
  begin(t, rows, panels, sums);
  for (size_t i = 0; i < t->inputs; i += 2) {
    v16u weights[TOGETHER_ALONE];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      weights[v] = *(const v16u *)((const uint32_t *)t->w[v] + i / 2 * LANES);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      const uint16_t *x = (const uint16_t *)t->x + r * t->x_stride + i;
      int32_t pair = x[0];
      if (i + 1 < t->inputs) memcpy(&pair, x, sizeof pair);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < panels; v++) add_pairs(&weights[v], pair, &sums[r][v]);
    }
  }
  end(t, rows, panels, sums);
}

#endif

/// Adds the products of the inputs i and i + 1 of every row, of which i is even, to sums of firsts of
/// pairs and of seconds: the same ones but of TILE_NUMBERS.
INLINE void add2(unpacked kind, const tile *t, size_t rows, size_t i, v16 numbers[2], v16 *firsts,
                 v16 *seconds) {
#if HAS_PAIRS
  if (kind == PAIRS) {
    v16u pairs;
    join_pairs(numbers, &pairs);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      int32_t inputs;
      memcpy(&inputs, (const uint16_t *)t->x + r * t->x_stride + i, sizeof inputs);
      add_pairs(&pairs, inputs, &firsts[r * ALONE]);
    }
    return;
  }
#endif
  if (kind != NUMBERS) round_numbers(numbers);
#pragma clang loop unroll(full)
  for (size_t n = 0; n < 2; n++)
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      const v16 input = SPLAT(((const float *)t->x)[r * t->x_stride + i + n]);
      v16 *const sum = (n == 0 ? firsts : seconds) + r * ALONE;
      *sum = FMA(input, numbers[n], *sum);
    }
}

/// Adds the products of a unit of inputs, the first of which is i; groups begin at `group`.
INLINE void add_unit(layout l, unpacked kind, const tile *t, size_t rows, size_t panels, size_t i,
                     size_t span, size_t planes, size_t group, v16 *firsts,
                     v16 *seconds) {
  for (size_t g = 0; g < UNIT / (size_t)l.group; g++) {
    group_scales scales[ALONE];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      load_scales(l, (const uint8_t *)t->w[v] + span, group + g, &scales[v]);
    for (size_t w = g * group_words(l); w < (g + 1) * group_words(l); w++)
#pragma clang loop unroll(full)
      for (int turn = 0; turn < turns(l); turn++) {
        v16u codes[ALONE];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < panels; v++)
          load_codes(l, (const uint8_t *)t->w[v] + planes, w, turn, &codes[v]);
        const size_t first = i + w * (size_t)word_codes(l) + (size_t)(turn * places(l));
#pragma clang loop unroll(full)
        for (int place = 0; place < places(l); place += 2)
#pragma clang loop unroll(full)
          for (size_t v = 0; v < panels; v++) {
            v16 numbers[2];
            number16(l, &codes[v], place, &scales[v], &numbers[0]);
            number16(l, &codes[v], place + 1, &scales[v], &numbers[1]);
            add2(kind, t, rows, first + (size_t)place, numbers, firsts + v, seconds + v);
          }
      }
  }
}

/// Few rows times one panel of blocks, or two.
INLINE void multiply_blocks(ck_format format, unpacked kind, const tile *t, size_t rows,
                            size_t panels) {
  const layout l = layout_of(format);
  const size_t bytes = ck_panel_bytes(format, t->inputs);
  v16 sums[FEW * ALONE] = {{0}};
  for (size_t i = 0, span = 0; i < t->inputs; i += span_inputs(l), span += span_bytes(l))
    for (size_t unit = 0; unit < span_inputs(l) / UNIT; unit++) {
      const size_t planes = span + units_at(l) + unit * unit_bytes(l);
      // Behind a panel lies that which is multiplied next, or beside this one.
      const size_t next = planes + AHEAD + (planes + AHEAD < bytes ? 0 : (panels - 1) * bytes);
      for (size_t v = 0; v < panels; v++)
        for (size_t line = 0; line < unit_bytes(l); line += LINE)
          __builtin_prefetch((const uint8_t *)t->w[v] + next + line, 0, 3);
      v16 apart[2][FEW * ALONE] = {{{0}}};
      const bool is_apart = kind == TILE_NUMBERS;
      add_unit(l, kind, t, rows, panels, i + unit * UNIT, span, planes,
               unit * UNIT / (size_t)l.group, is_apart ? apart[0] : sums,
               is_apart ? apart[1] : sums);
      if (!is_apart) continue;
#pragma clang loop unroll(full)
      for (size_t s = 0; s < FEW * ALONE; s++) sums[s] += apart[0][s] + apart[1][s];
    }
#pragma clang loop unroll(full)
  for (size_t r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      *(v16 *)(t->y + r * t->y_stride + v * LANES) = sums[r * ALONE + v];
}

#define DEFINE(KIND, ROWS, PANELS)                                                                \
  static void KIND##_##ROWS##_##PANELS(const tile *t) { multiply_##KIND(t, ROWS, PANELS); }
#define DEFINE_FOUR(KIND, ROWS)                                                                   \
  DEFINE(KIND, ROWS, 1)                                                                           \
  DEFINE(KIND, ROWS, 2)                                                                           \
  DEFINE(KIND, ROWS, 3)                                                                           \
  DEFINE(KIND, ROWS, 4)
#define FOUR(KIND, ROWS) KIND##_##ROWS##_1, KIND##_##ROWS##_2, KIND##_##ROWS##_3, KIND##_##ROWS##_4

/// Multipliers of KIND, [rows - 1][panels - 1].
#define DEFINE_MULTIPLIERS(KIND)                                                                  \
  DEFINE_FOUR(KIND, 1)                                                                            \
  DEFINE(KIND, 1, 5)                                                                              \
  DEFINE(KIND, 1, 6)                                                                              \
  DEFINE(KIND, 1, 7)                                                                              \
  DEFINE(KIND, 1, 8)                                                                              \
  DEFINE_FOUR(KIND, 2)                                                                            \
  DEFINE_FOUR(KIND, 3)                                                                            \
  DEFINE_FOUR(KIND, 4)                                                                            \
  DEFINE_FOUR(KIND, 5)                                                                            \
  DEFINE_FOUR(KIND, 6)                                                                            \
  static const multiplier KIND[GROUP][TOGETHER_ALONE] = {                                         \
    {FOUR(KIND, 1), KIND##_1_5, KIND##_1_6, KIND##_1_7, KIND##_1_8},                              \
    {FOUR(KIND, 2)}, {FOUR(KIND, 3)}, {FOUR(KIND, 4)}, {FOUR(KIND, 5)}, {FOUR(KIND, 6)}};

#define DEFINE_BLOCKS(KIND, FORMAT, ROWS, PANELS)                                                 \
  static void KIND##_##FORMAT##_##ROWS##_##PANELS(const tile *t) {                                \
    multiply_blocks(FORMAT, KIND, t, ROWS, PANELS);                                               \
  }
#define DEFINE_FEW(KIND, FORMAT)                                                                  \
  DEFINE_BLOCKS(KIND, FORMAT, 1, 1)                                                               \
  DEFINE_BLOCKS(KIND, FORMAT, 1, 2)                                                               \
  DEFINE_BLOCKS(KIND, FORMAT, 2, 1)                                                               \
  DEFINE_BLOCKS(KIND, FORMAT, 3, 1)                                                               \
  DEFINE_BLOCKS(KIND, FORMAT, 4, 1)
#define FEW_OF(KIND, FORMAT)                                                                      \
  [FORMAT] = {{KIND##_##FORMAT##_1_1, KIND##_##FORMAT##_2_1, KIND##_##FORMAT##_3_1,               \
               KIND##_##FORMAT##_4_1},                                                            \
              KIND##_##FORMAT##_1_2}

/// What few rows are multiplied by, of each format of blocks.
#define DEFINE_ALL_FEW(KIND)                                                                      \
  DEFINE_FEW(KIND, CK_Q4_0)                                                                       \
  DEFINE_FEW(KIND, CK_Q4_1)                                                                       \
  DEFINE_FEW(KIND, CK_Q5_0)                                                                       \
  DEFINE_FEW(KIND, CK_Q5_1)                                                                       \
  DEFINE_FEW(KIND, CK_Q8_0)                                                                       \
  DEFINE_FEW(KIND, CK_Q2_K)                                                                       \
  DEFINE_FEW(KIND, CK_Q3_K)                                                                       \
  DEFINE_FEW(KIND, CK_Q4_K)                                                                       \
  DEFINE_FEW(KIND, CK_Q5_K)                                                                       \
  DEFINE_FEW(KIND, CK_Q6_K)                                                                       \
  DEFINE_FEW(KIND, CK_IQ4_NL)                                                                     \
  DEFINE_FEW(KIND, CK_IQ4_XS)
#define ALL_FEW(KIND)                                                                             \
  {FEW_OF(KIND, CK_Q4_0), FEW_OF(KIND, CK_Q4_1), FEW_OF(KIND, CK_Q5_0), FEW_OF(KIND, CK_Q5_1),    \
   FEW_OF(KIND, CK_Q8_0), FEW_OF(KIND, CK_Q2_K), FEW_OF(KIND, CK_Q3_K), FEW_OF(KIND, CK_Q4_K),    \
   FEW_OF(KIND, CK_Q5_K), FEW_OF(KIND, CK_Q6_K), FEW_OF(KIND, CK_IQ4_NL),                         \
   FEW_OF(KIND, CK_IQ4_XS)}

/// What unpacks panels to KIND, and the row_kernels NAME, whose sums have room for `...` panels.
#define DEFINE_KERNELS(NAME, KIND, MULTIPLIERS, ...)                                              \
  DEFINE_ALL_FEW(KIND)                                                                            \
  static void unpack_to_##KIND(ck_format format, const uint8_t *panel, size_t from, size_t to,    \
                               void *out) {                                                       \
    unpack(format, panel, from, to, KIND, out);                                                   \
  }                                                                                               \
  const row_kernels NAME = {.kind = KIND,                                                         \
                            .multipliers = MULTIPLIERS,                                           \
                            .panels = {__VA_ARGS__},                                              \
                            .few = ALL_FEW(KIND),                                                 \
                            .unpack = unpack_to_##KIND};

#endif
