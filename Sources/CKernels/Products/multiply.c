// The product: which kernels multiply which rows by which stretches of panels.
#include "multiply.h"

// Inputs of a few rows' weights that are unpacked together: as many as stay in the nearest cache.
#define FEW_INPUTS 64
// Panels of a stretch of outputs, for which a stretch of many rows' inputs stays in the second cache.
#define STRETCH 16

#if defined(__x86_64__)

static const row_kernels *kernels_of(const ck_product *p) {
  if (p->family == CK_AMX_BF16 && p->is_bf16) return &ck_amx_pairs;
  if (p->family == CK_AVX512_BF16 && p->is_bf16) return &ck_avx512_pairs;
  if (p->family >= CK_AVX512) return p->is_bf16 ? &ck_avx512_rounded : &ck_avx512_numbers;
  return p->is_bf16 ? &ck_avx2_rounded : &ck_avx2_numbers;
}

#else

static const row_kernels *kernels_of(const ck_product *p) {
  return p->is_bf16 ? &ck_neon_rounded : &ck_neon_numbers;
}

#endif

/// Whether panels lie in memory as they are multiplied.
static bool is_direct(const ck_product *p, unpacked kind) {
  return p->weight.format == (kind == PAIRS ? CK_BF16 : CK_F32);
}

/// What multiplies this many rows by blocks as they are packed, NULL if they are unpacked first.
static const few_kernels *few_kernels_of(const ck_product *p, size_t rows) {
  const few_kernels *few = &kernels_of(p)->few[p->weight.format];
  return rows <= FEW && few->alone != NULL ? few : NULL;
}

/// Whether inputs of bfloat16 are written as float32 first.
static bool widens(const ck_product *p, size_t rows) {
  if (!p->is_bf16) return false;
  const row_kernels *k = kernels_of(p);
  return k->kind != PAIRS || (k->tiles.multiply != NULL && few_kernels_of(p, rows) != NULL);
}

static size_t input_bytes(unpacked kind) { return kind == PAIRS ? 2 : 4; }

static size_t unpacked_bytes(unpacked kind, size_t inputs) {
  return inputs * LANES * input_bytes(kind);
}

#define UNPACKED_BYTES (TOGETHER * MANY_INPUTS * LANES * 4)

size_t ck_multiply_scratch(const ck_product *product, size_t rows) {
  const size_t few = rows < FEW ? rows : FEW;
  const size_t wide = widens(product, rows) ? rows : widens(product, few) ? few : 0;
  return UNPACKED_BYTES + wide * product->weight.inputs * 4;
}

KERNEL(void, widen_rows, (const uint16_t *x, size_t stride, size_t rows, size_t inputs, float *out),
       (x, stride, rows, inputs, out)) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < inputs; i++) out[r * inputs + i] = float_from_bf16(x[r * stride + i]);
}

/// As `run`, where the last panel has fewer outputs than lanes: its sums are made beside y.
static void run_part(multiplier multiply, tile t, size_t rows, size_t outputs) {
  float part[GROUP * TOGETHER_ALONE * LANES] = {0};
  float *const y = t.y;
  const size_t stride = TOGETHER_ALONE * LANES, y_stride = t.y_stride;
  for (size_t r = 0; t.goes_on && r < rows; r++)
    memcpy(part + r * stride, y + r * y_stride, outputs * sizeof(float));
  t.y = part;
  t.y_stride = stride;
  multiply(&t);
  for (size_t r = 0; r < rows; r++)
    memcpy(y + r * y_stride, part + r * stride, outputs * sizeof(float));
}

/// Multiplies panels that have `outputs` outputs, and those behind them.
static void run(multiplier multiply, tile t, size_t rows, size_t panels, size_t outputs) {
  if (panels * LANES <= outputs) multiply(&t);
  else run_part(multiply, t, rows, outputs);
}

/// All rows times panels that were unpacked together, which have `outputs` outputs; `first` is at the first row.
static void multiply_rows(const row_kernels *k, tile first, size_t rows, size_t panels,
                          size_t outputs) {
  const size_t groups = (rows + GROUP - 1) / GROUP;
  // The panels that the highest groups take at once stay in the nearest cache meanwhile.
  const size_t most = k->panels[group_height(0, rows, groups) - 1];
  tile t = first;
  for (size_t v = 0; v < panels; v += most) {
    const size_t some = panels - v < most ? panels - v : most;
    for (size_t i = 0; i < some; i++) t.w[i] = first.w[v + i];
    for (size_t g = 0, r = 0; g < groups; r += group_height(g, rows, groups), g++) {
      const size_t height = group_height(g, rows, groups);
      t.x = (const char *)first.x + r * t.x_stride * input_bytes(k->kind);
      t.y = first.y + r * t.y_stride + v * LANES;
      run(k->multipliers[height - 1][some - 1], t, height, some, outputs - v * LANES);
    }
  }
}

/// Asks for what few rows multiply next: they wait for memory, and streams of this many panels are too
/// many for the processor to see.
static void fetch(const uint8_t *next, size_t bytes) {
  for (size_t i = 0; i < bytes; i += LINE) __builtin_prefetch(next + i, 0, 2);
}

/// The inputs [from, to) of the panels [first, last), a few panels at a time.
static void multiply_stretch(const ck_product *p, size_t rows, tile t, size_t from, size_t to,
                             size_t first, size_t last, void *scratch) {
  const row_kernels *k = kernels_of(p);
  const size_t bytes = ck_panel_bytes(p->weight.format, p->weight.inputs);
  const size_t together = rows == 1 ? k->panels[0] : TOGETHER;
  const size_t ahead = bytes * to / p->weight.inputs;
  const size_t some_bytes = rows <= GROUP ? bytes * (to - from) / p->weight.inputs : 0;
  float *y = t.y;
  for (size_t panel = first; panel < last; panel += together) {
    const size_t panels = last - panel < together ? last - panel : together;
    for (size_t v = 0; v < panels; v++) {
      const uint8_t *packed = (const uint8_t *)p->weight.panels + (panel + v) * bytes;
      fetch(packed + ahead, some_bytes);
      if (is_direct(p, k->kind)) {
        t.w[v] = packed + unpacked_bytes(k->kind, from);
      } else {
        char *room = (char *)scratch + v * unpacked_bytes(k->kind, to - from);
        k->unpack(p->weight.format, packed, from, to, room);
        t.w[v] = room;
      }
    }
    t.y = y + panel * LANES;
    const size_t outputs = p->weight.outputs - panel * LANES;
    if (k->tiles.multiply != NULL) k->tiles.multiply(&t, rows, panels, outputs);
    else multiply_rows(k, t, rows, panels, outputs);
  }
}

/// Stretches of inputs one after another, for a stretch of outputs that stays in a cache.
static void multiply_stretches(const ck_product *p, size_t rows, tile t, size_t from, size_t to,
                               void *scratch) {
  const size_t inputs = p->weight.inputs, step = rows <= GROUP ? FEW_INPUTS : MANY_INPUTS;
  const void *x = t.x;
  for (size_t first = from; first < to; first += STRETCH) {
    const size_t last = to - first < STRETCH ? to : first + STRETCH;
    for (size_t i = 0; i < inputs; i += step) {
      const size_t end = inputs - i < step ? inputs : i + step;
      t.x = (const char *)x + i * input_bytes(kernels_of(p)->kind);
      t.inputs = end - i;
      t.goes_on = i > 0;
      multiply_stretch(p, rows, t, i, end, first, last, scratch);
    }
  }
}

/// Few rows, from blocks to sums.
static void multiply_few(const ck_product *p, const few_kernels *k, size_t rows, tile t, size_t from,
                         size_t to) {
  const size_t bytes = ck_panel_bytes(p->weight.format, p->weight.inputs);
  float *y = t.y;
  t.inputs = p->weight.inputs;
  size_t some;
  for (size_t panel = from; panel < to; panel += some) {
    const bool is_alone = rows == 1 && to - panel >= ALONE;
    some = is_alone ? ALONE : 1;
    for (size_t v = 0; v < some; v++)
      t.w[v] = (const uint8_t *)p->weight.panels + (panel + v) * bytes;
    t.y = y + panel * LANES;
    run(is_alone ? k->alone : k->of_rows[rows - 1], t, rows, some,
        p->weight.outputs - panel * LANES);
  }
}

void ck_multiply(const ck_product *p, size_t rows, const void *x, size_t from, size_t to, float *y,
                 void *scratch) {
  tile t = {.x = x, .y = y, .x_stride = p->x_stride, .y_stride = p->y_stride};
  if (widens(p, rows)) {
    float *wide = (float *)((char *)scratch + UNPACKED_BYTES);
    widen_rows(x, p->x_stride, rows, p->weight.inputs, wide);
    t.x = wide;
    t.x_stride = p->weight.inputs;
  }
  const row_kernels *k = kernels_of(p);
  const few_kernels *few = few_kernels_of(p, rows);
  const bool has_tiles = k->tiles.multiply != NULL;
  const unsigned int before = has_tiles ? k->tiles.configure() : 0;
  if (few != NULL) multiply_few(p, few, rows, t, from, to);
  else multiply_stretches(p, rows, t, from, to, scratch);
  if (has_tiles) k->tiles.release(before);
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

void ck_unpack_panel(ck_format format, size_t inputs, const void *panel, float *out) {
  const ck_product product = {.family = ck_family_in_use()};
  kernels_of(&product)->unpack(format, panel, 0, inputs, out);
}
