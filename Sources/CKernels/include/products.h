// Matrix products y = x W^T with weights as a file has them: blocks stay packed in memory, and are
// unpacked where they are multiplied.
//
// A weight is cut into panels of 16 outputs. An output of a row is one sum over the inputs, from
// the first to the last, by fused multiply-adds: its bits depend on nothing but its row and its
// weights, whatever the rows beside it, the panels computed together or the instruction set.
// Products of bfloat16 inputs are sums of pairs where the family has an instruction for them
// (CK_AVX512_BF16, CK_AMX_BF16), else of single inputs; there bits are those of a kind of family.
#ifndef WORKBENCH_PRODUCTS_H
#define WORKBENCH_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How numbers are stored; the layouts of blocks are ggml's.
typedef enum {
  CK_F32,
  CK_F16,
  CK_BF16,
  /// Blocks of 32 numbers with a scale, and an offset in Q4_1 and Q5_1.
  CK_Q4_0,
  CK_Q4_1,
  CK_Q5_0,
  CK_Q5_1,
  CK_Q8_0,
  /// Blocks of 256 numbers with scales for 16 or 32 of them.
  CK_Q2_K,
  CK_Q3_K,
  CK_Q4_K,
  CK_Q5_K,
  CK_Q6_K,
  /// Codes of four bits that stand for numbers of a table, with a scale for 32 of them; in IQ4_XS in
  /// blocks of 256.
  CK_IQ4_NL,
  CK_IQ4_XS,
} ck_format;

#define CK_FORMATS 15

/// Outputs of a panel.
#define CK_PANEL_OUTPUTS 16

/// Bytes of a panel, a multiple of 64.
size_t ck_panel_bytes(ck_format format, size_t inputs);

/// Packs the rows of a panel, each as a file has it; a row that is NULL becomes zeros.
///
/// `inputs` is a multiple of a block's numbers. Returns the first row that has a number, or a scale
/// of a block, that is not finite, else CK_PANEL_OUTPUTS.
size_t ck_pack_panel(ck_format format, size_t inputs, const void *const *rows, void *panel);

/// Writes the numbers of a panel as float32 [input, output]: those of ggml's `dequantize`, bit for bit,
/// but where a code is its format's zero (8 of Q4_0): that gives +0, in ggml the scale's sign.
void ck_unpack_panel(ck_format format, size_t inputs, const void *panel, float *out);
void ck_unpack_panel_plain(ck_format format, size_t inputs, const void *panel, float *out);

/// A weight [outputs, inputs] as panels, the last filled up with zeros.
typedef struct {
  ck_format format;
  size_t outputs, inputs;
  const void *panels;
} ck_weight;

/// y = x W^T for rows x, float32, or bfloat16 when `is_bf16` is set: then numbers of W are rounded to
/// bfloat16 as well, and W is CK_BF16 or of blocks, not CK_F32 or CK_F16.
typedef struct {
  ck_weight weight;
  ck_family family;
  bool is_bf16;
  /// How far apart rows begin, in numbers.
  size_t x_stride, y_stride;
} ck_product;

/// Computes the outputs of the panels [from, to) for `rows` rows, into rows y of all outputs.
///
/// `scratch` holds ck_multiply_scratch(...) bytes, aligned to 64.
void ck_multiply(const ck_product *product, size_t rows, const void *x, size_t from, size_t to,
                 float *y, void *scratch);
void ck_multiply_plain(const ck_product *product, size_t rows, const void *x, size_t from,
                       size_t to, float *y);

/// y[i] = the output outputs[i] of one row x, with the bits that ck_multiply gives it.
void ck_multiply_outputs(const ck_product *product, const void *x, const int32_t *outputs,
                         size_t count, float *y, void *scratch);

/// Bytes of scratch for products of at most `rows` rows.
size_t ck_multiply_scratch(const ck_product *product, size_t rows);

#ifdef __cplusplus
}
#endif
#endif
