// Attention of queries that follow one another in a segment, which share all but a few positions:
// keys and values are brought into the form that registers want once for all of them.
//
// A row here is one query head of one query. Rows go six at a time, a tile, through the keys and
// through the values. Every sum runs in the order in which a query alone has it (see attention.c).
#include "attention.h"

// Rows of a tile: six times one vector of sums fill eight registers, six times four fill 32.
#define TILE 6
#define MAX_VECTORS 4
// Rows of a block at most; more would share keys that are laid out already cheaply enough.
#define MAX_ROWS 192
// Rows of a block at least, where a context is so long that their scores outgrow the cache.
#define MIN_ROWS 24
// Rows from which on it pays to lay out keys and values.
#define WORTHWHILE_ROWS 12
// Floats of all scores and of the keys or values at hand: sizes of caches.
#define SCORES (256 * 1024)
#define PANEL (8 * 1024)
// Columns of values that are mixed together.
#define STRIP (MAX_VECTORS * LANES)

static size_t at_most(size_t n, size_t bound) { return n < bound ? n : bound; }
static size_t at_least(size_t n, size_t bound) { return n > bound ? n : bound; }
INLINE size_t round_down(size_t n, size_t unit) { return n / unit * unit; }
INLINE size_t round_up(size_t n, size_t unit) { return round_down(n + unit - 1, unit); }

/// Floats from one row of scores to the next: a softmax pads a row that begins at any position.
INLINE size_t score_stride(size_t positions) { return round_up(positions, LANES) + LANES; }

/// Rows of which scores over `positions` are kept.
static size_t score_rows(size_t positions) {
  return round_down(at_most(MAX_ROWS, at_least(MIN_ROWS, SCORES / score_stride(positions))), TILE);
}

size_t ck_block_scratch(size_t max_context) {
  const size_t stride = score_stride(max_context);
  const size_t scores = at_most(MAX_ROWS * stride, at_least(MIN_ROWS * stride, SCORES));
  return scores + PANEL + MAX_ROWS * STRIP + MAX_ROWS + round_up(max_context, LANES);
}

size_t ck_block_height(const ck_trie_attention *t, int32_t row, size_t run) {
  const size_t group = t->n_heads / t->n_kv_heads;
  if (run < 2 || run * group < WORTHWHILE_ROWS || t->d_head * LANES > PANEL) return 1;
  size_t visible;
  ancestry_of(t, row, &visible);
  const size_t positions = visible + at_most(run, MAX_ROWS) - 1;
  const size_t highest = at_least(score_rows(positions) / group, 1);
  const size_t height = group_height(0, run, (run + highest - 1) / highest);
  return height * group < WORTHWHILE_ROWS ? 1 : height;
}

/// Positions [first, end), counted from the first that any query of the block sees.
typedef struct {
  size_t first, end;
} range;

INLINE range intersection(range a, range b) {
  return (range){at_least(a.first, b.first), at_most(a.end, b.end)};
}

INLINE size_t length(range r) { return r.end > r.first ? r.end - r.first : 0; }

typedef struct {
  const ck_trie_attention *trie;
  /// Query heads that share a key head, vectors of a head, rows of the block, positions seen.
  size_t group, units, n_rows, positions;
  size_t stride;
  /// [row, stride]; the rows of tiles are all there.
  float *scores;
  /// Keys as [16 keys, dHead in the order of sums, key], or values as [position, STRIP].
  float *panel;
  /// [row, STRIP].
  float *mixed;
  /// [row]: one over the sum of exponentials.
  float *inverse;
  /// [position]: the row of keys and values, up to a whole vector of them.
  int32_t *kv_row;
  /// [row]: what it sees, and its query for the key head at hand; the last row fills up its tile.
  range sight[MAX_ROWS];
  const float *q[MAX_ROWS];
} block;

/// What any row of a tile sees.
INLINE range tile_sight(const block *b, size_t tile) {
  return (range){b->sight[tile * TILE].first, b->sight[tile * TILE + TILE - 1].end};
}

/// What all rows of a tile see; where that is nothing, an end at which a row's rest begins.
INLINE range tile_common(const block *b, size_t tile) {
  const size_t first = b->sight[tile * TILE + TILE - 1].first;
  return (range){first, at_least(first, b->sight[tile * TILE].end)};
}

/// A query sees one position more than the query before it, from where its window begins.
static void find_sights(block *b, size_t visible) {
  const size_t window = b->trie->window;
  for (size_t row = 0; row < round_up(b->n_rows, TILE); row++) {
    const size_t end = visible + at_most(row, b->n_rows - 1) / b->group;
    b->sight[row] = (range){window > 0 && end > window ? end - window : 0, end};
  }
}

static void find_queries(block *b, const int32_t *q_rows, size_t kv) {
  const ck_trie_attention *t = b->trie;
  for (size_t i = 0; i < round_up(b->n_rows, TILE); i++) {
    const size_t row = at_most(i, b->n_rows - 1), head = kv * b->group + row % b->group;
    b->q[i] = t->q + (size_t)q_rows[row / b->group] * t->q_stride + head * t->d_head;
  }
}

static void list_rows(const block *b, ancestry a, size_t queries) {
  a.own_count += (int32_t)queries - 1;
  size_t position = 0;
  for (int32_t s = 0; s <= a.n_spans; s++) {
    int32_t start, count;
    span(&a, s, &start, &count);
    for (int32_t i = 0; i < count; i++) b->kv_row[position++] = start + i;
  }
  // The scores of these go nowhere, but they are worked out.
  for (; position % LANES != 0; position++) b->kv_row[position] = b->kv_row[position - 1];
}

static void begin(block *b, const ck_trie_attention *t, const int32_t *rows, size_t count,
                  float *scratch) {
  size_t visible;
  const ancestry a = ancestry_of(t, rows[0], &visible);
  b->trie = t;
  b->group = t->n_heads / t->n_kv_heads;
  b->units = t->d_head / LANES;
  b->n_rows = count * b->group;
  b->positions = visible + count - 1;
  b->stride = score_stride(b->positions);
  b->panel = scratch;
  b->mixed = b->panel + PANEL;
  b->inverse = b->mixed + MAX_ROWS * STRIP;
  b->kv_row = (int32_t *)(b->inverse + MAX_ROWS);
  b->scores = b->inverse + MAX_ROWS + round_up(b->positions, LANES);
  find_sights(b, visible);
  list_rows(b, a, count);
}

// A query alone sums its products in sixteen lanes and folds lane l onto lane l + 8 first.
#define PAIRS (LANES / 2)

/// The first lane of the pair whose sums come next: partners in the rest of the tree of sums follow
/// each other, so that few sums wait for theirs. Its own inverse.
static const uint8_t lane_of_pair[PAIRS] = {0, 4, 2, 6, 1, 5, 3, 7};

/// Where the keys' column d is laid out.
INLINE size_t turn(const block *b, size_t d) {
  const size_t unit = d / LANES, lane = d % LANES;
  return (lane_of_pair[lane % PAIRS] * b->units + unit) * 2 + lane / PAIRS;
}

typedef float v4 __attribute__((vector_size(16), aligned(4)));
typedef _Float16 v4f __attribute__((vector_size(8), aligned(2)));

INLINE v4 load_four(const void *kv, size_t i, bool is_f16) {
  if (is_f16) return __builtin_convertvector(*(const v4f *)((const _Float16 *)kv + i), v4);
  return *(const v4 *)((const float *)kv + i);
}

#define CONCATENATED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define EIGHT 0, 1, 2, 3, 4, 5, 6, 7
#define SIXTEEN EIGHT, 8, 9, 10, 11, 12, 13, 14, 15
/// In each quarter of a vector: two lanes of x and two of y.
#define QUARTERS(x, y, i, j, k, l)                                                          \
  __builtin_shufflevector(x, y, i, j, k, l, i + 4, j + 4, k + 4, l + 4, i + 8, j + 8, k + 8, \
                          l + 8, i + 12, j + 12, k + 12, l + 12)

/// Four columns of the keys j, j + 4, j + 8 and j + 12.
INLINE void load_quarters(v16 *v, const block *b, const int32_t *rows, size_t column,
                          bool is_f16) {
  v4 four[4];
  for (size_t i = 0; i < 4; i++)
    four[i] = load_four(b->trie->kv, (size_t)rows[4 * i] * b->trie->kv_stride + column, is_f16);
  *v = CONCATENATED(CONCATENATED(four[0], four[1], EIGHT), CONCATENATED(four[2], four[3], EIGHT),
                    SIXTEEN);
}

/// Lays out sixteen keys: columns become vectors over keys.
INLINE void pack_keys(const block *b, const int32_t *rows, size_t k_column, float *packed,
                      bool is_f16) {
  for (size_t d = 0; d < b->trie->d_head; d += 4) {
    v16 x[4], column[4];
    for (size_t j = 0; j < 4; j++) load_quarters(&x[j], b, rows + j, k_column + d, is_f16);
    const v16 low_01 = QUARTERS(x[0], x[1], 0, 16, 1, 17);
    const v16 low_23 = QUARTERS(x[2], x[3], 0, 16, 1, 17);
    const v16 high_01 = QUARTERS(x[0], x[1], 2, 18, 3, 19);
    const v16 high_23 = QUARTERS(x[2], x[3], 2, 18, 3, 19);
    column[0] = QUARTERS(low_01, low_23, 0, 1, 16, 17);
    column[1] = QUARTERS(low_01, low_23, 2, 3, 18, 19);
    column[2] = QUARTERS(high_01, high_23, 0, 1, 16, 17);
    column[3] = QUARTERS(high_01, high_23, 2, 3, 18, 19);
    for (size_t j = 0; j < 4; j++)
      *(v16 *)(packed + turn(b, d + j) * LANES) = column[j];
  }
}

/// A loop over what the compiler is to keep in registers, of a length that it knows.
#define EACH(i, n) _Pragma("clang loop unroll(full)") for (size_t i = 0; i < (n); i++)

/// Scores of `rows` rows for 16 `vectors` keys: the sums of a pair of lanes, and then the tree in
/// which a query alone folds its lanes, each sum as soon as both its parts are there.
INLINE void score(const float *const *q, size_t rows, const float *keys, size_t vectors,
                  size_t d_head, float *scores, size_t stride) {
  _Alignas(LINE) v16 waiting[4][TILE][MAX_VECTORS];
  // Unrolled, for the depth of the tree at each pair is more than branch predictors learn.
  EACH(pair, PAIRS) {
    v16 sum[2][TILE][MAX_VECTORS] = {{{{0}}}};
    for (size_t d = lane_of_pair[pair]; d < d_head; d += LANES, keys += 2 * LANES)
      EACH(half, 2) EACH(r, rows) EACH(v, vectors) {
        const v16 key = *(const v16 *)(keys + v * d_head * LANES + half * LANES);
        sum[half][r][v] = FMA(key, SPLAT(q[r][d + half * PAIRS]), sum[half][r][v]);
      }
    EACH(r, rows) EACH(v, vectors) sum[0][r][v] += sum[1][r][v];
    size_t level = 0;
    for (; pair >> level & 1; level++)
      EACH(r, rows) EACH(v, vectors) sum[0][r][v] = waiting[level][r][v] + sum[0][r][v];
    EACH(r, rows) EACH(v, vectors) waiting[level][r][v] = sum[0][r][v];
  }
  EACH(r, rows) EACH(v, vectors) *(v16 *)(scores + r * stride + v * LANES) = waiting[3][r][v];
}

/// As many rows together as their sums, two for a pair of lanes, have room in registers.
INLINE void score_tile(const block *b, size_t tile, size_t position, const float *keys,
                       size_t vectors, size_t rows) {
  for (size_t row = tile * TILE; row < (tile + 1) * TILE; row += rows)
    score(b->q + row, rows, keys, vectors, b->trie->d_head, b->scores + row * b->stride + position,
          b->stride);
}

/// All rows for the same few keys, which stay close meanwhile.
INLINE void score_keys(const block *b, range positions, const float *keys, size_t max_vectors) {
  for (size_t tile = 0; tile * TILE < b->n_rows; tile++) {
    if (length(intersection(tile_sight(b, tile), positions)) == 0) continue;
    if (max_vectors == 1) score_tile(b, tile, positions.first, keys, 1, TILE / 2);
    else if (length(positions) <= LANES) score_tile(b, tile, positions.first, keys, 1, TILE);
    else score_tile(b, tile, positions.first, keys, 2, TILE);
  }
}

INLINE void score_stretch(const block *b, range stretch, size_t max_vectors) {
  const size_t step = at_most(max_vectors, 2) * LANES;
  for (size_t p = stretch.first; p < stretch.end; p += step) {
    const range positions = {p, at_most(p + step, stretch.end)};
    score_keys(b, positions, b->panel + (p - stretch.first) * b->trie->d_head, max_vectors);
  }
}

INLINE void lay_out_keys(const block *b, size_t kv, range stretch, bool is_f16) {
  const size_t d_head = b->trie->d_head;
  for (size_t p = stretch.first; p < stretch.end; p += LANES)
    pack_keys(b, b->kv_row + p, kv * d_head, b->panel + (p - stretch.first) * d_head, is_f16);
}

INLINE void score_all(const block *b, size_t kv, size_t max_vectors) {
  const size_t keys = round_down(PANEL / b->trie->d_head, LANES);
  for (size_t first = 0; first < b->positions; first += keys) {
    const range stretch = {first, at_most(first + keys, b->positions)};
    if (b->trie->kv_is_f16) lay_out_keys(b, kv, stretch, true);
    else lay_out_keys(b, kv, stretch, false);
    score_stretch(b, stretch, max_vectors);
  }
}

/// Adds the values of some positions to `rows` rows of sums.
INLINE void mix_rows(const block *b, size_t row, size_t rows, range positions, range stretch,
                     size_t unit, size_t vectors) {
  if (length(positions) == 0) return;
  const float *p = b->scores + row * b->stride;
  const float *values = b->panel + unit * LANES;
  float *mixed = b->mixed + row * STRIP + unit * LANES;
  v16 sum[TILE][MAX_VECTORS];
  EACH(r, rows)
    EACH(v, vectors) sum[r][v] = *(v16 *)(mixed + r * STRIP + v * LANES);
  for (size_t t = positions.first; t < positions.end; t++) {
    const float *value = values + (t - stretch.first) * STRIP;
    EACH(r, rows)
      EACH(v, vectors)
        sum[r][v] = FMA(*(const v16 *)(value + v * LANES), SPLAT(p[r * b->stride + t]), sum[r][v]);
  }
  EACH(r, rows)
    EACH(v, vectors) *(v16 *)(mixed + r * STRIP + v * LANES) = sum[r][v];
}

/// Mixes what all rows of a tile see together, and row by row what only some see before and after:
/// a value that a row does not see must not reach it even with weight 0, for it may be NaN.
INLINE void mix_tile(const block *b, size_t tile, range stretch, size_t unit, size_t vectors) {
  const range common = tile_common(b, tile);
  const size_t first = tile * TILE, end = first + TILE;
  for (size_t row = first; row < end; row++) {
    const range before = {b->sight[row].first, at_most(b->sight[row].end, common.first)};
    mix_rows(b, row, 1, intersection(before, stretch), stretch, unit, vectors);
  }
  mix_rows(b, first, TILE, intersection(common, stretch), stretch, unit, vectors);
  for (size_t row = first; row < end; row++) {
    const range after = {at_least(b->sight[row].first, common.end), b->sight[row].end};
    mix_rows(b, row, 1, intersection(after, stretch), stretch, unit, vectors);
  }
}

/// As many columns together as their sums have room in registers.
INLINE void mix_stretch(const block *b, range stretch, size_t units, size_t max_vectors) {
  for (size_t tile = 0; tile * TILE < b->n_rows; tile++) {
    size_t step;
    for (size_t unit = 0; unit < units; unit += step) {
      const size_t left = at_most(units - unit, max_vectors);
      step = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      if (step == 4) mix_tile(b, tile, stretch, unit, 4);
      else if (step == 2) mix_tile(b, tile, stretch, unit, 2);
      else mix_tile(b, tile, stretch, unit, 1);
    }
  }
}

INLINE void lay_out_values(const block *b, size_t v_column, size_t units, range stretch,
                           bool is_f16) {
  const ck_trie_attention *t = b->trie;
  for (size_t p = stretch.first; p < stretch.end; p++)
    for (size_t u = 0; u < units; u++)
      load_kv((v16 *)(b->panel + (p - stretch.first) * STRIP + u * LANES), t->kv,
              (size_t)b->kv_row[p] * t->kv_stride + v_column + u * LANES, is_f16);
}

INLINE void mix_strip(const block *b, size_t v_column, size_t units, size_t max_vectors) {
  memset(b->mixed, 0, round_up(b->n_rows, TILE) * STRIP * sizeof(float));
  for (size_t first = 0; first < b->positions; first += PANEL / STRIP) {
    const range stretch = {first, at_most(first + PANEL / STRIP, b->positions)};
    if (b->trie->kv_is_f16) lay_out_values(b, v_column, units, stretch, true);
    else lay_out_values(b, v_column, units, stretch, false);
    mix_stretch(b, stretch, units, max_vectors);
  }
}

INLINE void store_strip(const block *b, size_t kv, size_t column, size_t units, void *out,
                        size_t out_row, bool to_bf16) {
  const ck_trie_attention *t = b->trie;
  for (size_t row = 0; row < b->n_rows; row++) {
    const size_t head = kv * b->group + row % b->group;
    const size_t at = ((out_row + row / b->group) * t->n_heads + head) * t->d_head + column;
    for (size_t u = 0; u < units; u++) {
      const v16 result = *(v16 *)(b->mixed + row * STRIP + u * LANES) * b->inverse[row];
      store16(&result, out, at + u * LANES, to_bf16);
    }
  }
}

INLINE void attend_key_head(const block *b, size_t kv, void *out, size_t out_row, bool to_bf16,
                            size_t max_vectors) {
  const ck_trie_attention *t = b->trie;
  score_all(b, kv, max_vectors);
  for (size_t row = 0; row < b->n_rows; row++) {
    const range seen = b->sight[row];
    b->inverse[row] =
      softmax(b->scores + row * b->stride + seen.first, length(seen), t->scale, t->softcap);
  }
  for (size_t unit = 0; unit < b->units; unit += MAX_VECTORS) {
    const size_t units = at_most(b->units - unit, MAX_VECTORS), column = unit * LANES;
    mix_strip(b, (t->n_kv_heads + kv) * t->d_head + column, units, max_vectors);
    store_strip(b, kv, column, units, out, out_row, to_bf16);
  }
}

KERNEL_IN_REGISTERS(void, ck_attend_block,
                    (const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                     size_t count, float *scratch, void *out, size_t out_row, bool to_bf16),
                    (t, rows, q_rows, count, scratch, out, out_row, to_bf16)) {
  const size_t max_vectors = (size_t)registers / (TILE + 2);
  block b;
  begin(&b, t, rows, count, scratch);
  for (size_t kv = 0; kv < t->n_kv_heads; kv++) {
    find_queries(&b, q_rows, kv);
    attend_key_head(&b, kv, out, out_row, to_bf16, max_vectors);
  }
}
