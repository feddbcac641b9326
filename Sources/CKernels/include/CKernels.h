// The CPU loops of the forward pass over float32 rows; products.h has its matrix products.
//
// Kernels have a plain reference (suffix `_plain`) that the tests hold them against, or are held
// against sums in double there; the plain attention also serves head sizes that do not fill a SIMD
// vector. Matrices are row-major; `n_rows`
// counts rows; nothing is allocated. A kernel whose output feeds a matrix product writes it in the
// precision of that product: float32, or bfloat16 rounded to nearest even when `to_bf16` is set.
#ifndef WORKBENCH_CKERNELS_H
#define WORKBENCH_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family.h"
#include "products.h"
#include "screen.h"
#include "tsne.h"

#ifdef __cplusplus
extern "C" {
#endif

/// out[r, i] = x[r, i] / sqrt(mean_i x[r, i]^2 + epsilon) * weight[i], all [n_rows, width].
void ck_rms_norm(const float *x, const float *weight, float epsilon, size_t n_rows, size_t width,
                 void *out, bool to_bf16);
void ck_rms_norm_plain(const float *x, const float *weight, float epsilon, size_t n_rows,
                       size_t width, void *out, bool to_bf16);

/// out[r, i] = (x[r, i] - mean) / sqrt(variance + epsilon) * weight[i] + bias[i]; bias may be NULL.
void ck_layer_norm(const float *x, const float *weight, const float *bias, float epsilon,
                   size_t n_rows, size_t width, void *out, bool to_bf16);
void ck_layer_norm_plain(const float *x, const float *weight, const float *bias, float epsilon,
                         size_t n_rows, size_t width, void *out, bool to_bf16);

/// RMS norm, in place, of each of `n_heads` heads of d_head columns, from the start of every row.
void ck_head_norm(float *rows, size_t stride, const float *weight, float epsilon, size_t n_rows,
                  size_t n_heads, size_t d_head);

/// Rotates, in place, the first `n_heads` heads of every row by the row's position.
///
/// Head h occupies columns [h * d_head, (h + 1) * d_head) of a row of `stride` floats; its first
/// 2 * half columns turn as pairs (i, i + half) ("rotate half", Hugging Face's convention).
/// `cosine` and `sine` are [position, half].
void ck_rope(float *rows, size_t stride, const int32_t *position, size_t n_rows, size_t n_heads,
             size_t d_head, const float *cosine, const float *sine, size_t half);
void ck_rope_plain(float *rows, size_t stride, const int32_t *position, size_t n_rows,
                   size_t n_heads, size_t d_head, const float *cosine, const float *sine,
                   size_t half);

/// The nonlinearity of an MLP: x sigmoid(x); x Phi(x) with the error function; its tanh form.
typedef enum { CK_SILU, CK_GELU, CK_GELU_TANH } ck_activation;

/// out[r, i] = act(gate_up[r, i]) * gate_up[r, width + i]; gate_up is [n_rows, 2 * width].
void ck_gate(ck_activation activation, const float *gate_up, size_t n_rows, size_t width, void *out,
             bool to_bf16);
void ck_gate_plain(ck_activation activation, const float *gate_up, size_t n_rows, size_t width,
                   void *out, bool to_bf16);

/// out[i] = act(x[i]) over n contiguous elements.
void ck_activate(ck_activation activation, const float *x, size_t n, void *out, bool to_bf16);

/// x[i] = cap * tanh(x[i] / cap) over n contiguous floats.
void ck_softcap(float *x, size_t n, float cap);

/// rows[r, i] += bias[i], [n_rows, width].
void ck_add_bias(float *rows, const float *bias, size_t n_rows, size_t width);

/// sum[r, i] = a[r, i] + b[r, i] over n contiguous floats; `sum` may be `a`.
void ck_add(const float *a, const float *b, size_t n, float *sum);

/// x[i] += factor * y[i].
void ck_add_scaled(float *x, const float *y, float factor, size_t n);
void ck_add_scaled_plain(float *x, const float *y, float factor, size_t n);
void ck_add_scaled_double(double *x, const double *y, double factor, size_t n);
void ck_add_scaled_double_plain(double *x, const double *y, double factor, size_t n);

/// x -= (x . d) d, for a direction d of length 1.
void ck_project_out(float *x, const float *d, size_t n);
void ck_project_out_plain(float *x, const float *d, size_t n);

/// x[i] *= factor.
void ck_scale(float *x, float factor, size_t n);

/// The first index of the largest of n > 0 numbers, none of them NaN.
size_t ck_argmax(const float *x, size_t n);

/// Takes `steps` steps in chains of fused multiply-adds that do not wait for one another.
///
/// Returns the floating point operations that were, two for each multiply-add; `end` gets a number that
/// depends on all of them.
double ck_fma_chains(size_t steps, float *end);

/// Tells the processor that this thread waits for another.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The sum of exp(x[i] - max) over n numbers, none above max; a term counts as e^-87 at least.
///
/// Terms are within 2 units in the last place of float32.
double ck_exp_sum(const float *x, size_t n, float max);
double ck_exp_sum_plain(const float *x, size_t n, float max);

/// out[i] = x[i], as float32 or as bfloat16.
void ck_convert(const float *x, size_t n, void *out, bool to_bf16);

/// Rounds n contiguous floats to bfloat16, in place.
void ck_round_to_bf16(float *x, size_t n);

/// out[i] = x[i] as float16, beyond whose range numbers are infinite.
void ck_convert_to_f16(const float *x, size_t n, void *out);

/// Rounds n contiguous floats to float16, in place.
void ck_round_to_f16(float *x, size_t n);

/// The first index i with a NaN or an infinity in x[0 ..< n], or n when all are finite.
size_t ck_first_non_finite(const float *x, size_t n);

/// The rows of a token trie as attention sees them; row indices count rows of `kv`.
typedef struct {
  /// [query row, q_stride]: n_heads query heads.
  const float *q;
  size_t q_stride;
  /// [row, kv_stride]: n_kv_heads key heads, then n_kv_heads value heads, float32 or float16.
  const void *kv;
  size_t kv_stride;
  bool kv_is_f16;
  /// Whether keys and values are so many that they come from memory, to be fetched ahead.
  bool is_cold;
  size_t n_heads, n_kv_heads, d_head;
  float scale;
  /// The bound of scaled scores, cap * tanh(score / cap); 0 for none.
  float softcap;
  /// How many positions a query sees, its own included; 0 for all.
  size_t window;
  /// [row]: the segment a row belongs to.
  const int32_t *segment_of_row;
  /// [segment]: the first row of the segment.
  const int32_t *first_row;
  /// [segment + 1]: where the segment's ancestors begin in `span_start` and `span_count`.
  const int32_t *span_offset;
  /// Ancestor rows in order of position, as runs of consecutive rows.
  const int32_t *span_start, *span_count;
} ck_trie_attention;

/// Causal attention of each query row over its ancestors and its own segment up to itself, of
/// which a window takes only the last.
///
/// `rows` are [n_rows] row indices, `q_rows` the rows of `q` that belong to them, `out` is
/// [n_rows, n_heads * d_head]. `scratch` holds ck_attention_scratch(...) floats.
///
/// Rows that follow one another in a segment are done in blocks, others alone. Either way a row's
/// bits depend on its own ancestors in order of position alone: not on its block, nor on how the
/// trie is cut into segments, nor, where d_head is a multiple of 16, on the family of instruction
/// sets. For all sums have one order, with fused multiply-adds:
/// - a score has sixteen partial sums, that of lane l over the columns l, l + 16, l + 32, ...
///   ascending from 0; lanes l + 8 are then added to lanes l, of the eight sums l + 4 to l, of the
///   four l + 2 to l, and the last two to each other;
/// - the sum of exponentials has sixteen lanes of positions in the same way, counted from the first
///   that the row sees, without fused multiply-adds;
/// - a column of values has one sum over positions ascending from 0, times one over that sum.
void ck_attend(const ck_trie_attention *trie, const int32_t *rows, const int32_t *q_rows,
               size_t n_rows, float *scratch, void *out, bool to_bf16);
void ck_attend_plain(const ck_trie_attention *trie, const int32_t *rows, const int32_t *q_rows,
                     size_t n_rows, float *scratch, void *out, bool to_bf16);

/// Floats of scratch that ck_attend needs for a context of at most `max_context` positions, those
/// counted that a window hides.
size_t ck_attention_scratch(size_t max_context);

#ifdef __cplusplus
}
#endif
#endif
