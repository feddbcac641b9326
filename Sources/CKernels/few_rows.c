// Products of few rows with weights as oneDNN's AVX-512 kernels pack them: blocks of 64 outputs,
// within which inputs follow one another. Weights are fetched ahead of their use, since few rows
// use each of them only a few times. Sums are added up in the order of oneDNN's kernels, so that a
// row has the same bits here as among many: over `depth` inputs each, which then join one another.
// Single outputs of a row have those bits, too.
#include "CKernels.h"
#include "simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define BLOCK 64
#define VECTORS (BLOCK / 16)
// As many rows as have room for their sums in the registers, beside a row of weights.
#define GROUP CK_ROW_GROUP
#define F32 __attribute__((target("avx512f,prfchw")))
#define BF16 __attribute__((target("avx512f,avx512bf16,prfchw")))
#define INLINED static inline __attribute__((always_inline))

// Groups of rows from which on there is time to fetch weights; fewer wait for memory anyhow.
#define FETCHING_GROUPS 4

/// The weights that come next, of which a line is fetched with each input.
typedef struct {
  const char *next;
  bool is_on;
} ahead;

INLINED void fetch(ahead *a) {
  if (!a->is_on) return;
  _mm_prefetch(a->next, _MM_HINT_T1);
  a->next += LINE;
}

/// Zeros that the compiler does not know as such: it would clear the sums in memory, one by one.
F32 INLINED __m512 zeros(void) {
  __m512 z = _mm512_setzero_ps();
  __asm__("" : "+v"(z));
  return z;
}

/// Clears a group's sums, and fetches the lines that they will be written to long before they are.
///
/// In loops of their own: the compiler unrolls the first, which keeps the sums in registers.
F32 INLINED void begin(const ck_few_rows *p, size_t rows, __m512 sums[GROUP][VECTORS], float *y,
                       size_t count) {
  const __m512 none = zeros();
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < VECTORS; v++) sums[r][v] = none;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < count; i += 16) __builtin_prefetch(y + r * p->y_stride + i, 1);
}

/// Writes `count` of a row's sums, or adds them to what is there.
F32 INLINED void store(const __m512 sums[VECTORS], float *y, size_t count, bool adds) {
  for (size_t v = 0; v < VECTORS && v * 16 < count; v++) {
    const size_t left = count - v * 16;
    const __mmask16 mask = left < 16 ? (__mmask16)((1u << left) - 1) : 0xFFFF;
    const __m512 sum =
      adds ? _mm512_add_ps(_mm512_maskz_loadu_ps(mask, y + v * 16), sums[v]) : sums[v];
    _mm512_mask_storeu_ps(y + v * 16, mask, sum);
  }
}

/// One block of outputs over the inputs [from, to), for a count of rows that the compiler knows.
F32 INLINED void group_f32(const ck_few_rows *p, size_t rows, size_t from, size_t to,
                           const float *x, const float *w, float *y, size_t count, ahead *next) {
  __m512 sums[GROUP][VECTORS];
  begin(p, rows, sums, y, count);
  w += from * BLOCK;
  for (size_t i = from; i < to; i++, w += BLOCK) {
    fetch(next);
    __m512 weights[VECTORS];
    for (size_t v = 0; v < VECTORS; v++) weights[v] = _mm512_loadu_ps(w + v * 16);
    for (size_t r = 0; r < rows; r++) {
      const __m512 input = _mm512_set1_ps(x[r * p->x_stride + i]);
      for (size_t v = 0; v < VECTORS; v++) sums[r][v] = _mm512_fmadd_ps(input, weights[v], sums[r][v]);
    }
  }
  for (size_t r = 0; r < rows; r++) store(sums[r], y + r * p->y_stride, count, from > 0);
}

BF16 INLINED void group_bf16(const ck_few_rows *p, size_t rows, size_t from, size_t to,
                             const uint16_t *x, const uint16_t *w, float *y, size_t count,
                             ahead *next) {
  __m512 sums[GROUP][VECTORS];
  begin(p, rows, sums, y, count);
  w += from * BLOCK;
  for (size_t i = from; i < to; i += 2, w += 2 * BLOCK) {
    fetch(next);
    __m512bh weights[VECTORS];
    for (size_t v = 0; v < VECTORS; v++)
      weights[v] = (__m512bh)_mm512_loadu_si512((const void *)(w + v * 32));
    for (size_t r = 0; r < rows; r++) {
      int32_t pair;
      __builtin_memcpy(&pair, x + r * p->x_stride + i, sizeof pair);
      const __m512bh input = (__m512bh)_mm512_set1_epi32(pair);
      for (size_t v = 0; v < VECTORS; v++)
        sums[r][v] = _mm512_dpbf16_ps(sums[r][v], weights[v], input);
    }
  }
  for (size_t r = 0; r < rows; r++) store(sums[r], y + r * p->y_stride, count, from > 0);
}

/// A function for each count of rows, so that its sums stay in registers.
#define DEFINE_GROUP(NAME, ROWS, TARGET, TYPE, GROUP_OF)                                          \
  TARGET static __attribute__((noinline)) void NAME##_##ROWS(                                     \
    const ck_few_rows *p, size_t from, size_t to, const TYPE *x, const TYPE *w, float *y,         \
    size_t count, ahead *next) {                                                                  \
    GROUP_OF(p, ROWS, from, to, x, w, y, count, next);                                            \
  }

/// All blocks, each for all rows, a group of rows at a time.
#define DEFINE_RUN(NAME, TARGET, TYPE, GROUP_OF, BLOCK_LENGTH)                                    \
  DEFINE_GROUP(NAME, 1, TARGET, TYPE, GROUP_OF)                                                   \
  DEFINE_GROUP(NAME, 2, TARGET, TYPE, GROUP_OF)                                                   \
  DEFINE_GROUP(NAME, 3, TARGET, TYPE, GROUP_OF)                                                   \
  DEFINE_GROUP(NAME, 4, TARGET, TYPE, GROUP_OF)                                                   \
  DEFINE_GROUP(NAME, 5, TARGET, TYPE, GROUP_OF)                                                   \
  DEFINE_GROUP(NAME, 6, TARGET, TYPE, GROUP_OF)                                                   \
  TARGET static void NAME(const ck_few_rows *p, size_t rows, const TYPE *x, const TYPE *w,        \
                          float *y) {                                                             \
    void (*const groups[GROUP])(const ck_few_rows *, size_t, size_t, const TYPE *,                \
                                const TYPE *, float *, size_t, ahead *) = {                       \
      NAME##_1, NAME##_2, NAME##_3, NAME##_4, NAME##_5, NAME##_6};                                \
    const size_t length = BLOCK_LENGTH, group_count = (rows + GROUP - 1) / GROUP;                 \
    for (size_t n = 0; n < p->n; n += BLOCK, w += length) {                                       \
      const size_t count = p->n - n < BLOCK ? p->n - n : BLOCK;                                   \
      ahead next = {(const char *)(w + length), rows > (FETCHING_GROUPS - 1) * GROUP};            \
      for (size_t g = 0, r = 0; g < group_count; r += group_height(g, rows, group_count), g++) {  \
        const size_t height = group_height(g, rows, group_count);                                 \
        for (size_t from = 0; from < p->k; from += p->depth)                                      \
          groups[height - 1](p, from, p->k - from < p->depth ? p->k : from + p->depth,            \
                             x + r * p->x_stride, w, y + r * p->y_stride + n, count, &next);      \
      }                                                                                           \
    }                                                                                             \
  }

DEFINE_RUN(run_f32, F32, float, group_f32, p->k *BLOCK)
// Inputs are padded to whole vectors of 32.
DEFINE_RUN(run_bf16, BF16, uint16_t, group_bf16, (p->k + 31) / 32 * 32 * BLOCK)

// Outputs of a row that are worked on together, so that none waits for its own last sum.
#define CHAINS 4

/// Up to CHAINS outputs of one row, in the order in which they are summed among many.
#define DEFINE_OUTPUTS(NAME, TARGET, TYPE, STEP, SUM, BLOCK_LENGTH)                               \
  TARGET static void NAME(const ck_few_rows *p, const TYPE *x, const TYPE *w,                     \
                          const int32_t *outputs, size_t count, float *y) {                       \
    const TYPE *weights[CHAINS];                                                                  \
    for (size_t c = 0; c < CHAINS; c++) {                                                         \
      const size_t output = (size_t)outputs[c < count ? c : 0];                                   \
      weights[c] = w + output / BLOCK * (BLOCK_LENGTH) + output % BLOCK / 16 * 16 * STEP;         \
    }                                                                                             \
    __m512 sums[CHAINS];                                                                          \
    for (size_t from = 0; from < p->k; from += p->depth) {                                        \
      const size_t to = p->k - from < p->depth ? p->k : from + p->depth;                          \
      __m512 part[CHAINS];                                                                        \
      for (size_t c = 0; c < CHAINS; c++) part[c] = _mm512_setzero_ps();                          \
      for (size_t i = from; i < to; i += STEP)                                                    \
        for (size_t c = 0; c < CHAINS; c++) part[c] = SUM(part[c], x + i, weights[c] + i * BLOCK);\
      for (size_t c = 0; c < CHAINS; c++)                                                         \
        sums[c] = from > 0 ? _mm512_add_ps(sums[c], part[c]) : part[c];                           \
    }                                                                                             \
    for (size_t c = 0; c < count; c++) {                                                          \
      float lanes[16];                                                                            \
      _mm512_storeu_ps(lanes, sums[c]);                                                           \
      y[c] = lanes[outputs[c] % 16];                                                              \
    }                                                                                             \
  }

F32 INLINED __m512 sum_f32(__m512 sum, const float *x, const float *w) {
  return _mm512_fmadd_ps(_mm512_set1_ps(*x), _mm512_loadu_ps(w), sum);
}

BF16 INLINED __m512 sum_bf16(__m512 sum, const uint16_t *x, const uint16_t *w) {
  int32_t pair;
  __builtin_memcpy(&pair, x, sizeof pair);
  return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_loadu_si512(w), (__m512bh)_mm512_set1_epi32(pair));
}

DEFINE_OUTPUTS(outputs_f32, F32, float, 1, sum_f32, p->k *BLOCK)
DEFINE_OUTPUTS(outputs_bf16, BF16, uint16_t, 2, sum_bf16, (p->k + 31) / 32 * 32 * BLOCK)

static bool is_provided_for(const ck_few_rows *product) {
  if (product->is_bf16) return product->k % 2 == 0 && __builtin_cpu_supports("avx512bf16");
  return product->k % 16 == 0 && __builtin_cpu_supports("avx512f");
}

bool ck_multiply_few_rows(const ck_few_rows *product, size_t rows, const void *x, const void *w,
                          float *y) {
  if (!is_provided_for(product)) return false;
  if (product->is_bf16) run_bf16(product, rows, x, w, y);
  else run_f32(product, rows, x, w, y);
  return true;
}

bool ck_multiply_outputs(const ck_few_rows *product, const void *x, const void *w,
                         const int32_t *outputs, size_t count, float *y) {
  if (!is_provided_for(product)) return false;
  for (size_t i = 0; i < count; i += CHAINS) {
    const size_t some = count - i < CHAINS ? count - i : CHAINS;
    if (product->is_bf16) outputs_bf16(product, x, w, outputs + i, some, y + i);
    else outputs_f32(product, x, w, outputs + i, some, y + i);
  }
  return true;
}

#else

bool ck_multiply_few_rows(const ck_few_rows *product, size_t rows, const void *x, const void *w,
                          float *y) {
  (void)product, (void)rows, (void)x, (void)w, (void)y;
  return false;
}

bool ck_multiply_outputs(const ck_few_rows *product, const void *x, const void *w,
                         const int32_t *outputs, size_t count, float *y) {
  (void)product, (void)x, (void)w, (void)outputs, (void)count, (void)y;
  return false;
}

#endif
