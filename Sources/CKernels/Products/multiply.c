// The product: stretches of panels, unpacked into a cache where they are packed, times groups of rows
// whose sums stay in the registers.
#include "unpack.h"

// As many rows as have room for their sums in the registers, beside the weights of an input.
#define GROUP 6
// Panels that are unpacked together, and that the sums of rows may span.
#define TOGETHER 4
// The same of a single row, whose sums would wait for one another if they were fewer.
#define TOGETHER_ALONE 8
// Inputs that are unpacked together: of a few rows' weights as many as stay in the nearest cache.
#define FEW_INPUTS 64
#define MANY_INPUTS 256
// Panels of a stretch of outputs, for which a stretch of many rows' inputs stays in the second cache.
#define STRETCH 16

typedef struct {
  /// From the first input and output that are multiplied on.
  const void *x;
  float *y;
  /// Of each panel, from the first input on.
  const void *w[TOGETHER_ALONE];
  size_t x_stride, y_stride, inputs;
  /// Whether sums go on from what y holds.
  bool goes_on;
} tile;

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

typedef void (*multiplier)(const tile *t);

#define DEFINE(KIND, FAMILY, ROWS, PANELS)                                                        \
  __attribute__((TARGET_OF(FAMILY), noinline)) static void KIND##_##FAMILY##_##ROWS##_##PANELS(   \
    const tile *t) {                                                                              \
    multiply_##KIND(t, ROWS, PANELS);                                                             \
  }
#define DEFINE_ROWS(KIND, FAMILY, ROWS)                                                           \
  DEFINE(KIND, FAMILY, ROWS, 1)                                                                   \
  DEFINE(KIND, FAMILY, ROWS, 2)                                                                   \
  DEFINE(KIND, FAMILY, ROWS, 3)                                                                   \
  DEFINE(KIND, FAMILY, ROWS, 4)
#define DEFINE_ALONE(KIND, FAMILY)                                                                \
  DEFINE_ROWS(KIND, FAMILY, 1)                                                                    \
  DEFINE(KIND, FAMILY, 1, 5)                                                                      \
  DEFINE(KIND, FAMILY, 1, 6)                                                                      \
  DEFINE(KIND, FAMILY, 1, 7)                                                                      \
  DEFINE(KIND, FAMILY, 1, 8)
#define NAMES_ALONE(KIND, FAMILY)                                                                 \
  {KIND##_##FAMILY##_1_1, KIND##_##FAMILY##_1_2, KIND##_##FAMILY##_1_3, KIND##_##FAMILY##_1_4,    \
   KIND##_##FAMILY##_1_5, KIND##_##FAMILY##_1_6, KIND##_##FAMILY##_1_7, KIND##_##FAMILY##_1_8}
#define NAMES(KIND, FAMILY, ROWS)                                                                 \
  {KIND##_##FAMILY##_##ROWS##_1, KIND##_##FAMILY##_##ROWS##_2, KIND##_##FAMILY##_##ROWS##_3,      \
   KIND##_##FAMILY##_##ROWS##_4}
#define DEFINE_FAMILY(KIND, FAMILY)                                                               \
  DEFINE_ALONE(KIND, FAMILY)                                                                      \
  DEFINE_ROWS(KIND, FAMILY, 2)                                                                    \
  DEFINE_ROWS(KIND, FAMILY, 3)                                                                    \
  DEFINE_ROWS(KIND, FAMILY, 4)                                                                    \
  DEFINE_ROWS(KIND, FAMILY, 5)                                                                    \
  DEFINE_ROWS(KIND, FAMILY, 6)                                                                    \
  static const multiplier KIND##_##FAMILY[GROUP][TOGETHER_ALONE] = {                              \
    NAMES_ALONE(KIND, FAMILY), NAMES(KIND, FAMILY, 2), NAMES(KIND, FAMILY, 3),                    \
    NAMES(KIND, FAMILY, 4), NAMES(KIND, FAMILY, 5), NAMES(KIND, FAMILY, 6)};

#define DEFINE_UNPACK(FAMILY)                                                                     \
  __attribute__((TARGET_OF(FAMILY))) static void unpack_##FAMILY(                                 \
    ck_format format, const uint8_t *panel, size_t from, size_t to, unpacked kind, void *out) {   \
    if (kind == NUMBERS) unpack(format, panel, from, to, NUMBERS, out);                           \
    else if (kind == ROUNDED_NUMBERS) unpack(format, panel, from, to, ROUNDED_NUMBERS, out);      \
    else unpack(format, panel, from, to, PAIRS, out);                                             \
  }

/// What differs between families.
typedef struct {
  const multiplier (*numbers)[TOGETHER_ALONE];
  /// NULL where inputs are multiplied one by one.
  const multiplier (*pairs)[TOGETHER_ALONE];
  /// [rows - 1]: the most panels whose sums have room in the registers.
  uint8_t panels[GROUP];
  void (*unpack)(ck_format, const uint8_t *, size_t, size_t, unpacked, void *);
} variant;

#if defined(__x86_64__)

#define TARGET_OF(FAMILY) target(TARGET_##FAMILY)

/// Pairs of inputs; what lies behind a last single one is not read.
__attribute__((target(TARGET_AVX512_BF16))) INLINE void multiply_pairs(const tile *t, size_t rows,
                                                                       size_t panels) {
  v16 sums[GROUP][TOGETHER_ALONE];
  begin(t, rows, panels, sums);
  for (size_t i = 0; i < t->inputs; i += 2) {
    __m512bh weights[TOGETHER_ALONE];
#pragma clang loop unroll(full)
    for (size_t v = 0; v < panels; v++)
      weights[v] = (__m512bh)_mm512_loadu_si512((const uint32_t *)t->w[v] + i / 2 * LANES);
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
      const uint16_t *x = (const uint16_t *)t->x + r * t->x_stride + i;
      int32_t pair = x[0];
      if (i + 1 < t->inputs) memcpy(&pair, x, sizeof pair);
      const __m512bh input = (__m512bh)_mm512_set1_epi32(pair);
#pragma clang loop unroll(full)
      for (size_t v = 0; v < panels; v++)
        sums[r][v] = (v16)_mm512_dpbf16_ps((__m512)sums[r][v], weights[v], input);
    }
  }
  end(t, rows, panels, sums);
}

DEFINE_FAMILY(numbers, AVX2)
DEFINE_FAMILY(numbers, AVX512)
DEFINE_FAMILY(pairs, AVX512_BF16)
DEFINE_UNPACK(AVX2)
DEFINE_UNPACK(AVX512)
DEFINE_UNPACK(AVX512_BF16)

static const variant *variant_of(ck_family family) {
  static const variant avx2 = {numbers_AVX2, NULL, {4, 3, 2, 1, 1, 1}, unpack_AVX2};
  static const variant avx512 = {numbers_AVX512, NULL, {8, 4, 4, 4, 4, 4}, unpack_AVX512};
  static const variant bf16 = {numbers_AVX512, pairs_AVX512_BF16, {8, 4, 4, 4, 4, 4},
                               unpack_AVX512_BF16};
  return family == CK_AVX512_BF16 ? &bf16 : family == CK_AVX512 ? &avx512 : &avx2;
}

#else

#define TARGET_OF(FAMILY) unused

DEFINE_FAMILY(numbers, NEON)
DEFINE_UNPACK(NEON)

static const variant *variant_of(ck_family family) {
  static const variant neon = {numbers_NEON, NULL, {4, 3, 2, 1, 1, 1}, unpack_NEON};
  (void)family;
  return &neon;
}

#endif

/// How a product is done.
typedef struct {
  const variant *variant;
  unpacked kind;
  /// Whether panels lie in memory as they are multiplied.
  bool is_direct;
  /// Whether inputs of bfloat16 are written as float32 first.
  bool widens;
} way;

static way way_of(const ck_product *p) {
  const variant *v = variant_of(p->family);
  const bool is_paired = p->is_bf16 && v->pairs != NULL;
  return (way){v, is_paired ? PAIRS : p->is_bf16 ? ROUNDED_NUMBERS : NUMBERS,
               p->weight.format == (is_paired ? CK_BF16 : CK_F32), p->is_bf16 && !is_paired};
}

static size_t unpacked_bytes(unpacked kind, size_t inputs) {
  return inputs * LANES * (kind == PAIRS ? 2 : 4);
}

#define UNPACKED_BYTES (TOGETHER * MANY_INPUTS * LANES * 4)

size_t ck_multiply_scratch(const ck_product *product, size_t rows) {
  return UNPACKED_BYTES + (way_of(product).widens ? rows * product->weight.inputs * 4 : 0);
}

KERNEL(void, widen_rows, (const uint16_t *x, size_t stride, size_t rows, size_t inputs, float *out),
       (x, stride, rows, inputs, out)) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < inputs; i++) out[r * inputs + i] = float_from_bf16(x[r * stride + i]);
}

/// Rows whose last panel has fewer outputs than lanes: its sums are made beside y.
static void multiply_part(multiplier run, tile t, size_t rows, size_t outputs) {
  float part[GROUP * TOGETHER_ALONE * LANES] = {0};
  float *const y = t.y;
  const size_t stride = TOGETHER_ALONE * LANES;
  for (size_t r = 0; t.goes_on && r < rows; r++)
    memcpy(part + r * stride, y + r * t.y_stride, outputs * sizeof(float));
  const size_t y_stride = t.y_stride;
  t.y = part;
  t.y_stride = stride;
  run(&t);
  for (size_t r = 0; r < rows; r++)
    memcpy(y + r * y_stride, part + r * stride, outputs * sizeof(float));
}

/// All rows times panels that were unpacked together, which have `outputs` outputs; `first` is at the first row.
static void multiply_rows(const way *how, tile first, size_t rows, size_t panels, size_t outputs) {
  const size_t groups = (rows + GROUP - 1) / GROUP, size = how->kind == PAIRS ? 2 : 4;
  tile t = first;
  for (size_t g = 0, r = 0; g < groups; r += group_height(g, rows, groups), g++) {
    const size_t height = group_height(g, rows, groups), most = how->variant->panels[height - 1];
    for (size_t v = 0; v < panels; v += most) {
      const size_t some = panels - v < most ? panels - v : most;
      const multiplier run =
        (how->kind == PAIRS ? how->variant->pairs : how->variant->numbers)[height - 1][some - 1];
      for (size_t i = 0; i < some; i++) t.w[i] = first.w[v + i];
      t.x = (const char *)first.x + r * t.x_stride * size;
      t.y = first.y + r * t.y_stride + v * LANES;
      if ((v + some) * LANES <= outputs) run(&t);
      else multiply_part(run, t, height, outputs - v * LANES);
    }
  }
}

/// Asks for what few rows multiply next: they wait for memory, and streams of this many panels are too
/// many for the processor to see.
static void fetch(const uint8_t *next, size_t bytes) {
  for (size_t i = 0; i < bytes; i += LINE) __builtin_prefetch(next + i, 0, 2);
}

/// The inputs [from, to) of the panels [first, last), a few panels at a time.
static void multiply_stretch(const ck_product *p, const way *how, size_t rows, tile t, size_t from,
                             size_t to, size_t first, size_t last, void *scratch) {
  const size_t bytes = ck_panel_bytes(p->weight.format, p->weight.inputs);
  const size_t together = rows == 1 ? how->variant->panels[0] : TOGETHER;
  const size_t ahead = bytes * to / p->weight.inputs;
  const size_t some_bytes = rows <= GROUP ? bytes * (to - from) / p->weight.inputs : 0;
  float *y = t.y;
  for (size_t panel = first; panel < last; panel += together) {
    const size_t panels = last - panel < together ? last - panel : together;
    for (size_t v = 0; v < panels; v++) {
      const uint8_t *packed = (const uint8_t *)p->weight.panels + (panel + v) * bytes;
      fetch(packed + ahead, some_bytes);
      if (how->is_direct) {
        t.w[v] = packed + unpacked_bytes(how->kind, from);
      } else {
        char *room = (char *)scratch + v * unpacked_bytes(how->kind, to - from);
        how->variant->unpack(p->weight.format, packed, from, to, how->kind, room);
        t.w[v] = room;
      }
    }
    t.y = y + panel * LANES;
    multiply_rows(how, t, rows, panels, p->weight.outputs - panel * LANES);
  }
}

void ck_multiply(const ck_product *p, size_t rows, const void *x, size_t from, size_t to, float *y,
                 void *scratch) {
  const way how = way_of(p);
  const size_t inputs = p->weight.inputs, step = rows <= GROUP ? FEW_INPUTS : MANY_INPUTS;
  tile t = {.x_stride = p->x_stride, .y_stride = p->y_stride};
  if (how.widens) {
    float *wide = (float *)((char *)scratch + UNPACKED_BYTES);
    widen_rows(x, p->x_stride, rows, inputs, wide);
    x = wide;
    t.x_stride = inputs;
  }
  for (size_t first = from; first < to; first += STRETCH) {
    const size_t last = to - first < STRETCH ? to : first + STRETCH;
    for (size_t i = 0; i < inputs; i += step) {
      const size_t end = inputs - i < step ? inputs : i + step;
      t.x = (const char *)x + i * (how.kind == PAIRS ? 2 : 4);
      t.y = y;
      t.inputs = end - i;
      t.goes_on = i > 0;
      multiply_stretch(p, &how, rows, t, i, end, first, last, scratch);
    }
  }
}

void ck_multiply_outputs(const ck_product *p, const void *x, const int32_t *outputs, size_t count,
                         float *y, void *scratch) {
  ck_product one = *p;
  float panel[LANES];
  for (size_t i = 0; i < count; i++) {
    const size_t output = (size_t)outputs[i], at = output / LANES;
    one.weight.panels = (const char *)p->weight.panels +
                        at * ck_panel_bytes(p->weight.format, p->weight.inputs);
    one.weight.outputs = LANES;
    ck_multiply(&one, 1, x, 0, 1, panel, scratch);
    y[i] = panel[output % LANES];
  }
}

KERNEL(void, ck_unpack_panel, (ck_format format, size_t inputs, const void *panel, float *out),
       (format, inputs, panel, out)) {
  unpack(format, panel, 0, inputs, NUMBERS, out);
}
