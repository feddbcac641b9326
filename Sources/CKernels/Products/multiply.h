// What the kernels of all families have in common with the product that calls them.
#ifndef WORKBENCH_MULTIPLY_H
#define WORKBENCH_MULTIPLY_H

#include "layout.h"

// As many rows as have room for their sums in the registers, beside the weights of an input.
#define GROUP 6
// Panels that are unpacked together, and that the sums of rows may span.
#define TOGETHER 4
// Inputs that are unpacked together, at most.
#define MANY_INPUTS 256
// TOGETHER for a single row, whose sums would wait for one another if they were fewer.
#define TOGETHER_ALONE 8
// Rows that take the numbers of blocks one by one: what more rows share pays for a stop in memory.
#define FEW 4
// Panels of blocks that a single row takes at once: its sums would wait for one another in one.
#define ALONE 2

/// What a stretch is unpacked to.
typedef enum {
  NUMBERS,
  /// Numbers rounded to bfloat16, still as float32.
  ROUNDED_NUMBERS,
  /// Pairs of bfloat16.
  PAIRS,
  /// Rounded numbers whose products are added up in the order of tiles: of a unit the firsts of pairs and
  /// their seconds apart.
  TILE_NUMBERS,
} unpacked;

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

typedef void (*multiplier)(const tile *t);

/// What multiplies few rows by blocks as they are packed.
typedef struct {
  /// [rows - 1], by one panel.
  multiplier of_rows[FEW];
  /// A single row by ALONE panels.
  multiplier alone;
} few_kernels;

/// What multiplies any number of rows at once, where a processor has tiles of its own for that.
typedef struct {
  /// Before the first product of a call, on its thread.
  unsigned int (*configure)(void);
  /// All rows by panels that were unpacked together, which have `outputs` outputs; NULL where a
  /// processor has none.
  void (*multiply)(const tile *t, size_t rows, size_t panels, size_t outputs);
  /// After the last; takes what `configure` returned.
  void (*release)(unsigned int);
} tile_kernels;

/// What multiplies rows of a kind in a family.
typedef struct {
  unpacked kind;
  const multiplier (*multipliers)[TOGETHER_ALONE];
  /// [rows - 1]: the most panels whose sums have room in the registers.
  uint8_t panels[GROUP];
  /// Of each format; what are no blocks has none.
  few_kernels few[CK_FORMATS];
  void (*unpack)(ck_format, const uint8_t *panel, size_t from, size_t to, void *out);
  tile_kernels tiles;
} row_kernels;

#if defined(__x86_64__)
extern const row_kernels ck_avx2_numbers, ck_avx2_rounded, ck_avx512_numbers, ck_avx512_rounded,
  ck_avx512_pairs, ck_amx_pairs;
#else
extern const row_kernels ck_neon_numbers, ck_neon_rounded;
#endif

#endif
