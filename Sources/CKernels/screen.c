#include "screen.h"

#include "simd.h"

#define GROUP CK_SCREEN_GROUP
#define BLOCK CK_SCREEN_BLOCK
#define STEPS 127.0f
// Below this a group counts as zero: its scale could not be inverted.
#define SMALLEST 1e-30f
// More than float32's roundings of a length, and than what squares lose that are too small for it.
#define ROUNDED_UP 1.00001f
#define LOST 1e-15f
// Products of two lengths are far from float32's largest number.
#define LONGEST 1e18f

/// The scale of a group, 0 for one of zeros.
INLINE float scale_of(const v16 *x) {
  v16 largest = {0};
  for (int u = 0; u < GROUP / LANES; u++)
    largest = __builtin_elementwise_max(largest, __builtin_elementwise_abs(x[u]));
  float most = 0;
  for (int i = 0; i < LANES; i++) most = largest[i] > most ? largest[i] : most;
  return most < SMALLEST ? 0 : most / STEPS;
}

/// Writes x / scale, rounded, and adds the squares of those numbers times `scale` (if asked for), and
/// of the rest.
INLINE void quantise(const v16 *x, float scale, v16i *numbers, double *squares, double *rests) {
  const float round_magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float inverse = scale > 0 ? 1 / scale : 0;
  v16 square = {0}, rest = {0};
  for (int u = 0; u < GROUP / LANES; u++) {
    const v16 whole = (x[u] * inverse + round_magic) - round_magic;
    const v16 kept = whole * scale, left = x[u] - kept;
    square += kept * kept;
    rest += left * left;
    numbers[u] = __builtin_convertvector(whole, v16i);
  }
  if (squares != NULL) *squares += sum16(&square);
  *rests += sum16(&rest);
}

INLINE float length_of(double squares) { return sqrtf((float)squares) * ROUNDED_UP + LOST; }

KERNEL(bool, ck_screen_pack,
       (const ck_screen *s, const float *w, size_t first, size_t count),
       (s, w, first, count)) {
  // Each of k products, and each group, may round; four times over for what the bounds round.
  const float roundings = 4 * (float)(s->k + GROUP) * 0x1p-24f;
  for (size_t row = 0; row < count; row++) {
    const size_t block = (first + row) / BLOCK, lane = (first + row) % BLOCK;
    double squares = 0, rests = 0;
    for (size_t g = 0; g < s->k / GROUP; g++) {
      const v16 *x = (const v16 *)(w + row * s->k + g * GROUP);
      const float scale = scale_of(x);
      v16i numbers[GROUP / LANES], sums = {0};
      quantise(x, scale, numbers, &squares, &rests);
      int8_t *target = s->bytes + ((block * s->k + g * GROUP) / 4 * BLOCK + lane) * 4;
      for (int u = 0; u < GROUP / LANES; u++) {
        const v16b bytes = __builtin_convertvector(numbers[u], v16b);
        for (int i = 0; i < LANES / 4; i++, target += 4 * BLOCK)
          memcpy(target, (const int8_t *)&bytes + 4 * i, 4);
        sums += numbers[u];
      }
      int32_t sum = 0;
      for (int i = 0; i < LANES; i++) sum += sums[i];
      s->scale[(block * s->k / GROUP + g) * BLOCK + lane] = scale;
      s->offset[(block * s->k / GROUP + g) * BLOCK + lane] = -128 * sum;
    }
    const float length = length_of(squares), rest = length_of(rests);
    s->length[first + row] = length;
    s->rest[first + row] = (rest + roundings * (length + rest)) * ROUNDED_UP;
    if (!(length + s->rest[first + row] <= LONGEST)) return false;
  }
  return true;
}

KERNEL(bool, ck_screen_rows_from,
       (const void *x, bool is_bf16, size_t rows, size_t k, const ck_screen_rows *out),
       (x, is_bf16, rows, k, out)) {
  for (size_t r = 0; r < rows; r++) {
    double rests = 0, lengths = 0;
    for (size_t g = 0; g < k / GROUP; g++) {
      v16 group[GROUP / LANES], length = {0};
      v16i numbers[GROUP / LANES];
      for (size_t u = 0; u < GROUP / LANES; u++) {
        load16(&group[u], x, r * k + g * GROUP + u * LANES, is_bf16);
        length += group[u] * group[u];
      }
      lengths += sum16(&length);
      const float scale = scale_of(group);
      quantise(group, scale, numbers, NULL, &rests);
      out->scale[r * (k / GROUP) + g] = scale;
      for (size_t u = 0; u < GROUP / LANES; u++) {
        const v16b bytes = __builtin_convertvector(numbers[u] + 128, v16b);
        memcpy(out->bytes + r * k + g * GROUP + u * LANES, &bytes, sizeof bytes);
      }
    }
    // Also where a number is NaN.
    if (!(length_of(lengths) <= LONGEST)) return false;
    out->length[r] = length_of(lengths);
    out->rest[r] = length_of(rests);
  }
  return true;
}

void ck_forget_candidates(ck_candidates *found) {
  found->floor = -INFINITY;
  found->count = 0;
}

void ck_drop_candidates(ck_candidates *found) {
  if (found->count > CK_CANDIDATES) return;
  size_t kept = 0;
  for (size_t i = 0; i < found->count; i++) {
    if (found->ceiling[i] < found->floor) continue;
    found->output[kept] = found->output[i];
    found->ceiling[kept++] = found->ceiling[i];
  }
  found->count = kept;
}

/// Notes an output that lies within `bound` of `product`, and may raise the floor if it `stays` there.
static void note(ck_candidates *found, size_t output, float product, float bound, bool stays) {
  const float floor = product - bound, ceiling = product + bound;
  if (floor > found->floor && stays) found->floor = floor;
  if (ceiling < found->floor || found->count > CK_CANDIDATES) return;
  if (found->count == CK_CANDIDATES) ck_drop_candidates(found);
  if (found->count < CK_CANDIDATES) {
    found->output[found->count] = (int32_t)output;
    found->ceiling[found->count] = ceiling;
  }
  found->count++;
}

static bool is_penalised(const uint16_t *const *penalised, size_t row, size_t output) {
  return penalised != NULL && penalised[row] != NULL && (penalised[row][output / 16] >> output % 16 & 1) != 0;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512vnni")))
#define VNNI_INLINED VNNI static inline __attribute__((always_inline))
#define VECTORS (BLOCK / LANES)
// As many rows as have room for their sums, of bytes and of groups, in the registers.
#define ROWS 6

/// Looks through a block's products for candidates; few have any.
VNNI_INLINED void look(const ck_screen *s, const ck_screen_rows *x, size_t row, size_t output,
                       __m512 product, const uint16_t *const *penalised, ck_candidates *found) {
  const __m512 bound = _mm512_fmadd_ps(
    _mm512_loadu_ps(s->length + output), _mm512_set1_ps(x->rest[row]),
    _mm512_mul_ps(_mm512_loadu_ps(s->rest + output), _mm512_set1_ps(x->length[row])));
  const __m512 ceiling = _mm512_add_ps(product, bound);
  uint32_t left = _mm512_cmp_ps_mask(ceiling, _mm512_set1_ps(found[row].floor), _CMP_GE_OQ);
  if (left == 0) return;
  float products[LANES], bounds[LANES];
  _mm512_storeu_ps(products, product);
  _mm512_storeu_ps(bounds, bound);
  for (; left != 0; left &= left - 1) {
    const size_t n = (size_t)__builtin_ctz(left);
    if (output + n >= s->n) return;
    note(&found[row], output + n, products[n], bounds[n], !is_penalised(penalised, row, output + n));
  }
}

/// One block for a count of rows that the compiler knows.
VNNI_INLINED void find(const ck_screen *s, const ck_screen_rows *x, size_t first, size_t rows,
                       size_t block, const char **next, const uint16_t *const *penalised,
                       ck_candidates *found) {
  const size_t groups = s->k / GROUP;
  const int8_t *w = s->bytes + block * s->k * BLOCK;
  const uint8_t *bytes = x->bytes + first * s->k;
  __m512 product[ROWS][VECTORS];
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < VECTORS; v++) product[r][v] = _mm512_setzero_ps();
  for (size_t g = 0; g < groups; g++) {
    const size_t at = (block * groups + g) * BLOCK;
    __m512i sums[ROWS][VECTORS];
    for (size_t v = 0; v < VECTORS; v++) {
      const __m512i offset = _mm512_loadu_si512(s->offset + at + v * LANES);
      for (size_t r = 0; r < rows; r++) sums[r][v] = offset;
    }
    for (size_t i = g * GROUP; i < (g + 1) * GROUP; i += 4, w += 4 * BLOCK) {
      // With many rows, all of the next block; the processor sees by itself what few go through.
      _mm_prefetch(*next, _MM_HINT_T1);
      *next += LINE;
      __m512i weights[VECTORS];
      for (size_t v = 0; v < VECTORS; v++) weights[v] = _mm512_loadu_si512(w + v * LINE);
      for (size_t r = 0; r < rows; r++) {
        int32_t four;
        __builtin_memcpy(&four, bytes + r * s->k + i, sizeof four);
        const __m512i input = _mm512_set1_epi32(four);
        for (size_t v = 0; v < VECTORS; v++)
          sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], input, weights[v]);
      }
    }
    for (size_t v = 0; v < VECTORS; v++) {
      const __m512 scale = _mm512_loadu_ps(s->scale + at + v * LANES);
      for (size_t r = 0; r < rows; r++) {
        const __m512 both = _mm512_mul_ps(scale, _mm512_set1_ps(x->scale[(first + r) * groups + g]));
        product[r][v] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][v]), both, product[r][v]);
      }
    }
  }
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < VECTORS; v++)
      look(s, x, first + r, block * BLOCK + v * LANES, product[r][v], penalised, found);
}

#define DEFINE_FIND(COUNT)                                                                        \
  VNNI static __attribute__((noinline)) void find_##COUNT(                                        \
    const ck_screen *s, const ck_screen_rows *x, size_t first, size_t block, const char **next,   \
    const uint16_t *const *penalised, ck_candidates *found) {                                        \
    find(s, x, first, COUNT, block, next, penalised, found);                                         \
  }
DEFINE_FIND(1)
DEFINE_FIND(2)
DEFINE_FIND(3)
DEFINE_FIND(4)
DEFINE_FIND(5)
DEFINE_FIND(6)

bool ck_has_screen(void) { return __builtin_cpu_supports("avx512vnni") != 0; }

bool ck_screen_find(const ck_screen *s, const ck_screen_rows *x, size_t rows, size_t from,
                    size_t to, const uint16_t *const *penalised, ck_candidates *found) {
  if (!ck_has_screen()) return false;
  void (*const of[ROWS])(const ck_screen *, const ck_screen_rows *, size_t, size_t, const char **,
                         const uint16_t *const *, ck_candidates *) = {find_1, find_2, find_3,
                                                                      find_4, find_5, find_6};
  const size_t groups = (rows + ROWS - 1) / ROWS;
  for (size_t block = from; block < to; block++) {
    const char *next = (const char *)(s->bytes + (block + 1) * s->k * BLOCK);
    for (size_t g = 0, first = 0; g < groups; g++) {
      const size_t height = group_height(g, rows, groups);
      of[height - 1](s, x, first, block, &next, penalised, found);
      first += height;
    }
  }
  return true;
}

#else

bool ck_has_screen(void) { return false; }

bool ck_screen_find(const ck_screen *s, const ck_screen_rows *x, size_t rows, size_t from,
                    size_t to, const uint16_t *const *penalised, ck_candidates *found) {
  (void)s, (void)x, (void)rows, (void)from, (void)to, (void)penalised, (void)found;
  return false;
}

#endif
