// Which few outputs of a matrix product can be a row's largest: found from bytes, with bounds.
//
// A weight w and a row x are each written as bytes times a scale for every group of 64 inputs, and
// a rest: w = a + c, x = b + d. What a . b, a product of bytes, differs from w . x by is at most
// |a||d| + |c||x| (Cauchy and Schwarz). Lengths are rounded up, and the rests of weights include
// what the sums of either product may be off by in float32.
#ifndef WORKBENCH_SCREEN_H
#define WORKBENCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Inputs that share a scale.
#define CK_SCREEN_GROUP 64
/// Outputs that lie side by side; memory holds whole blocks of them, the last filled with zeros, so
/// that n / 32 below is rounded up.
#define CK_SCREEN_BLOCK 32

/// W [n, k] in bytes; k is a multiple of CK_SCREEN_GROUP.
typedef struct {
  size_t n, k;
  /// [n / 32][k / 4][32][4].
  int8_t *bytes;
  /// [n / 32][k / 64][32].
  float *scale;
  /// [n / 32][k / 64][32]: -128 times the sum of a group's bytes.
  int32_t *offset;
  /// [n / 32][32]: the length of the bytes times their scales; the length of the rest.
  float *length, *rest;
} ck_screen;

/// Packs the outputs [first, first + count), given as float32 [count, k]; false when a number is not
/// finite, or an output longer than 1e18.
bool ck_screen_pack(const ck_screen *screen, const float *w, size_t first, size_t count);

/// Rows [row, k] in bytes.
typedef struct {
  /// [row, k]: 128 more than the number.
  uint8_t *bytes;
  /// [row, k / 64].
  float *scale;
  /// [row]: the length of the row; the length of the rest.
  float *length, *rest;
} ck_screen_rows;

/// Turns rows of float32 or bfloat16 into bytes; false when a number is not finite, or a row longer
/// than 1e18.
bool ck_screen_rows_from(const void *x, bool is_bf16, size_t rows, size_t k,
                         const ck_screen_rows *out);

/// Room for the outputs of a row that can be the largest.
#define CK_CANDIDATES 4096

/// What is known of a row's largest output.
typedef struct {
  /// The largest output is at least this.
  float floor;
  /// CK_CANDIDATES + 1 when they found no room.
  size_t count;
  int32_t output[CK_CANDIDATES];
  /// What each is at most.
  float ceiling[CK_CANDIDATES];
} ck_candidates;

/// Forgets all candidates and the floor.
void ck_forget_candidates(ck_candidates *found);

/// Drops the candidates that the floor has risen above.
void ck_drop_candidates(ck_candidates *found);

/// Whether this machine has the product of bytes that ck_screen_find needs.
bool ck_has_screen(void);

/// Adds the outputs of the blocks [from, to) that can be the largest to `found` [row].
///
/// `penalised` [row] has a bit for each output that shall not raise the floor; entries, or all, may be
/// NULL. Returns false, having done nothing, where this machine has no product of bytes.
bool ck_screen_find(const ck_screen *screen, const ck_screen_rows *x, size_t rows, size_t from,
                    size_t to, const uint16_t *const *penalised, ck_candidates *found);

#ifdef __cplusplus
}
#endif
#endif
