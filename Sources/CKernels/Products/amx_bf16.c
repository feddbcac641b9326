// Products of pairs of bfloat16 for AMX, whose tiles hold 16 rows of 64 bytes; those of float32 are
// AVX-512's.
//
// A panel in pairs is what the instruction takes as its second operand: [pair of inputs, output, 2]. A
// sum over 32 inputs is one of the firsts of their pairs and one of the seconds, which are added up and
// then to the sum so far; so a row's bits depend on nothing but itself and the weights.
#if defined(__x86_64__)

#include <immintrin.h>

#include "layout.h"

#define HAS_PAIRS 1
#define HAS_512 1
#define TARGET_AMX TARGET_AVX512_BF16 ",amx-tile,amx-bf16"

#pragma clang attribute push(__attribute__((target(TARGET_AMX))), apply_to = function)

#include "kernels.h"

DEFINE_ALL_FEW(TILE_NUMBERS)

// Rows, and inputs of a row, that a tile holds.
#define TILE_ROWS 16
#define TILE_INPUTS 32
_Static_assert(TILE_INPUTS == UNIT, "few rows add up the inputs of a unit as tiles do");

static void unpack_to_pairs(ck_format format, const uint8_t *panel, size_t from, size_t to,
                            void *out) {
  unpack(format, panel, from, to, PAIRS, out);
}

/// Gives every tile all its rows, in the state of this thread, and takes numbers below the least normal
/// one for zero as tiles do, for the sums of few rows; returns how they were taken before.
static unsigned int configure(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } shape = {.palette = 1};
  for (int i = 0; i < 8; i++) shape.row_bytes[i] = 64, shape.rows[i] = TILE_ROWS;
  _tile_loadconfig(&shape);
  const unsigned int before = _mm_getcsr();
  _mm_setcsr(before | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON);
  return before;
}

static void release(unsigned int before) {
  _mm_setcsr(before);
  _tile_release();
}

/// Rows x, and weights of a panel, both filled up with zeros to whole tiles of inputs.
typedef struct {
  const uint16_t *x;
  size_t x_stride;
  const uint32_t *w[TOGETHER];
} operands;

/// 32 rows by two panels with all their outputs.
static void multiply_32(const operands *o, size_t inputs, const tile *t, float *y) {
  const size_t stride = t->y_stride * 4;
  float *const below = y + TILE_ROWS * t->y_stride;
  if (t->goes_on) {
    _tile_loadd(0, y, stride);
    _tile_loadd(1, y + LANES, stride);
    _tile_loadd(2, below, stride);
    _tile_loadd(3, below + LANES, stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (size_t i = 0; i < inputs; i += TILE_INPUTS) {
    _tile_loadd(4, o->x + i, o->x_stride * 2);
    _tile_loadd(5, o->x + TILE_ROWS * o->x_stride + i, o->x_stride * 2);
    _tile_loadd(6, o->w[0] + i / 2 * LANES, WORD);
    _tile_loadd(7, o->w[1] + i / 2 * LANES, WORD);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, y, stride);
  _tile_stored(1, y + LANES, stride);
  _tile_stored(2, below, stride);
  _tile_stored(3, below + LANES, stride);
}

/// At most 16 rows by at most four panels, whose sums are in `sums`.
static void multiply_16(const operands *o, size_t inputs, size_t panels,
                        float sums[TOGETHER][TILE_ROWS][LANES]) {
  _tile_loadd(0, sums[0], WORD);
  if (panels > 1) _tile_loadd(1, sums[1], WORD);
  if (panels > 2) _tile_loadd(2, sums[2], WORD);
  if (panels > 3) _tile_loadd(3, sums[3], WORD);
  for (size_t i = 0; i < inputs; i += TILE_INPUTS) {
    const size_t pair = i / 2 * LANES;
    _tile_loadd(4, o->x + i, o->x_stride * 2);
    _tile_loadd(5, o->w[0] + pair, WORD);
    _tile_dpbf16ps(0, 4, 5);
    if (panels > 1) {
      _tile_loadd(6, o->w[1] + pair, WORD);
      _tile_dpbf16ps(1, 4, 6);
    }
    if (panels > 2) {
      _tile_loadd(7, o->w[2] + pair, WORD);
      _tile_dpbf16ps(2, 4, 7);
    }
    if (panels > 3) {
      _tile_loadd(5, o->w[3] + pair, WORD);
      _tile_dpbf16ps(3, 4, 5);
    }
  }
  _tile_stored(0, sums[0], WORD);
  if (panels > 1) _tile_stored(1, sums[1], WORD);
  if (panels > 2) _tile_stored(2, sums[2], WORD);
  if (panels > 3) _tile_stored(3, sums[3], WORD);
}

/// Outputs of a panel among panels that have `outputs` outputs.
static size_t lanes_of(size_t outputs, size_t panel) {
  return outputs - panel * LANES < LANES ? outputs - panel * LANES : LANES;
}

/// Sums of rows and outputs that do not fill tiles are made beside y.
static void multiply_beside(const operands *o, size_t inputs, const tile *t, size_t rows,
                            size_t panels, size_t outputs, float *y) {
  _Alignas(LINE) float sums[TOGETHER][TILE_ROWS][LANES] = {{{0}}};
  for (size_t r = 0; t->goes_on && r < rows; r++)
    for (size_t v = 0; v < panels; v++)
      memcpy(sums[v][r], y + r * t->y_stride + v * LANES, lanes_of(outputs, v) * sizeof(float));
  multiply_16(o, inputs, panels, sums);
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < panels; v++)
      memcpy(y + r * t->y_stride + v * LANES, sums[v][r], lanes_of(outputs, v) * sizeof(float));
}

/// Copies rows into a tile's, zeros after them.
static void fill_rows(const tile *t, size_t first, size_t rows, size_t inputs,
                      uint16_t x[TILE_ROWS][MANY_INPUTS]) {
  for (size_t r = 0; r < TILE_ROWS; r++) {
    const size_t count = r < rows ? t->inputs : 0;
    if (count > 0)
      memcpy(x[r], (const uint16_t *)t->x + (first + r) * t->x_stride, count * sizeof x[r][0]);
    memset(x[r] + count, 0, (inputs - count) * sizeof x[r][0]);
  }
}

/// All rows by panels that were unpacked together, which have `outputs` outputs.
static void multiply_tiles(const tile *t, size_t rows, size_t panels, size_t outputs) {
  const size_t inputs = (t->inputs + TILE_INPUTS - 1) / TILE_INPUTS * TILE_INPUTS;
  _Alignas(LINE) uint16_t x[TILE_ROWS][MANY_INPUTS];
  _Alignas(LINE) uint32_t w[TOGETHER][MANY_INPUTS / 2][LANES];
  operands o;
  for (size_t v = 0; v < panels; v++) {
    o.w[v] = t->w[v];
    if (inputs == t->inputs) continue;
    // What lies behind a weight's last input is no zero, and of a last single one not its pair's second.
    memcpy(w[v], t->w[v], (t->inputs + 1) / 2 * WORD);
    for (size_t i = 0; t->inputs % 2 != 0 && i < LANES; i++) w[v][t->inputs / 2][i] &= 0xFFFF;
    memset(w[v][(t->inputs + 1) / 2], 0, (inputs / 2 - (t->inputs + 1) / 2) * WORD);
    o.w[v] = w[v][0];
  }
  size_t r = 0;
  if (inputs == t->inputs && panels * LANES <= outputs && panels % 2 == 0)
    for (; r + 2 * TILE_ROWS <= rows; r += 2 * TILE_ROWS) {
      o.x = (const uint16_t *)t->x + r * t->x_stride;
      o.x_stride = t->x_stride;
      for (size_t v = 0; v < panels; v += 2) {
        const operands two = {o.x, o.x_stride, {o.w[v], o.w[v + 1]}};
        multiply_32(&two, inputs, t, t->y + r * t->y_stride + v * LANES);
      }
    }
  for (; r < rows; r += TILE_ROWS) {
    const size_t some = rows - r < TILE_ROWS ? rows - r : TILE_ROWS;
    o.x = (const uint16_t *)t->x + r * t->x_stride;
    o.x_stride = t->x_stride;
    if (some < TILE_ROWS || inputs != t->inputs) {
      fill_rows(t, r, some, inputs, x);
      o.x = x[0];
      o.x_stride = MANY_INPUTS;
    }
    multiply_beside(&o, inputs, t, some, panels, outputs, t->y + r * t->y_stride);
  }
}

const row_kernels ck_amx_pairs = {.kind = PAIRS,
                                  .panels = {TOGETHER},
                                  .few = ALL_FEW(TILE_NUMBERS),
                                  .unpack = unpack_to_pairs,
                                  .tiles = {configure, multiply_tiles, release}};

#pragma clang attribute pop

#endif
