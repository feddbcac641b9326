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
#define MAX_ROWS 96
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
  const int32_t *q_rows;
  /// Query heads that share a key head, vectors of a head, rows of the block.
  size_t group, units, n_rows;
  /// Positions that the first query sees, and that any query sees.
  size_t visible, positions;
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
} block;

/// What a query sees: one position more than the query before it, from where its window begins.
INLINE range sight(const block *b, size_t query) {
  const size_t end = b->visible + query, window = b->trie->window;
  return (range){window > 0 && end > window ? end - window : 0, end};
}

INLINE range row_sight(const block *b, size_t row) { return sight(b, row / b->group); }

INLINE size_t last_row(const block *b, size_t tile) {
  return at_most((tile + 1) * TILE, b->n_rows) - 1;
}

/// What any row of a tile sees.
INLINE range tile_sight(const block *b, size_t tile) {
  return (range){row_sight(b, tile * TILE).first, row_sight(b, last_row(b, tile)).end};
}

/// What all rows of a tile see; where that is nothing, an end at which a row's rest begins.
INLINE range tile_common(const block *b, size_t tile) {
  const size_t first = row_sight(b, last_row(b, tile)).first;
  return (range){first, at_least(first, row_sight(b, tile * TILE).end)};
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

static block block_of(const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                      size_t count, float *scratch) {
  block b = {.trie = t, .q_rows = q_rows, .group = t->n_heads / t->n_kv_heads,
             .units = t->d_head / LANES};
  const ancestry a = ancestry_of(t, rows[0], &b.visible);
  b.n_rows = count * b.group;
  b.positions = b.visible + count - 1;
  b.stride = score_stride(b.positions);
  b.panel = scratch;
  b.mixed = b.panel + PANEL;
  b.inverse = b.mixed + MAX_ROWS * STRIP;
  b.kv_row = (int32_t *)(b.inverse + MAX_ROWS);
  b.scores = b.inverse + MAX_ROWS + round_up(b.positions, LANES);
  list_rows(&b, a, count);
  return b;
}

/// The lane of a query alone whose sum comes next: partners in the tree of sums follow each other,
/// so that few sums wait for theirs. Its own inverse.
static const uint8_t lane_of_turn[LANES] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};

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
    const v16 low_01 = QUARTERS(x[0], x[1], 0, 16, 1, 17), high_01 = QUARTERS(x[0], x[1], 2, 18, 3, 19);
    const v16 low_23 = QUARTERS(x[2], x[3], 0, 16, 1, 17), high_23 = QUARTERS(x[2], x[3], 2, 18, 3, 19);
    column[0] = QUARTERS(low_01, low_23, 0, 1, 16, 17);
    column[1] = QUARTERS(low_01, low_23, 2, 3, 18, 19);
    column[2] = QUARTERS(high_01, high_23, 0, 1, 16, 17);
    column[3] = QUARTERS(high_01, high_23, 2, 3, 18, 19);
    for (size_t j = 0; j < 4; j++)
      *(v16 *)(packed + (lane_of_turn[d % LANES + j] * b->units + d / LANES) * LANES) = column[j];
  }
}

/// A loop over what the compiler is to keep in registers, of a length that it knows.
#define EACH(i, n) _Pragma("clang loop unroll(full)") for (size_t i = 0; i < (n); i++)

/// The query of each row of a tile; past the last row it is repeated.
INLINE void find_queries(const block *b, size_t tile, size_t kv, const float *q[TILE]) {
  const ck_trie_attention *t = b->trie;
  for (size_t r = 0; r < TILE; r++) {
    const size_t row = at_most(tile * TILE + r, b->n_rows - 1);
    q[r] = t->q + (size_t)b->q_rows[row / b->group] * t->q_stride +
           (kv * b->group + row % b->group) * t->d_head;
  }
}

/// Scores of a tile of rows for 16 `vectors` keys: a sum for each lane of a query alone, and then
/// the tree in which it adds its lanes, each sum as soon as both its parts are there.
INLINE void score_tile(const float *const q[TILE], const float *keys, size_t units, float *scores,
                       size_t stride, size_t vectors) {
  _Alignas(LINE) v16 waiting[5][TILE][MAX_VECTORS];
  for (size_t turn = 0; turn < LANES; turn++) {
    v16 sum[TILE][MAX_VECTORS] = {{{0}}};
    const size_t lane = lane_of_turn[turn];
    for (size_t d = lane; d < units * LANES; d += LANES, keys += LANES)
      EACH(r, TILE) EACH(v, vectors) {
        const v16 key = *(const v16 *)(keys + v * units * LANES * LANES);
        sum[r][v] = FMA(key, SPLAT(q[r][d]), sum[r][v]);
      }
    size_t level = 0;
    for (; turn >> level & 1; level++)
      EACH(r, TILE) EACH(v, vectors) sum[r][v] = waiting[level][r][v] + sum[r][v];
    EACH(r, TILE) EACH(v, vectors) waiting[level][r][v] = sum[r][v];
  }
  EACH(r, TILE) EACH(v, vectors) *(v16 *)(scores + r * stride + v * LANES) = waiting[4][r][v];
}

/// Calls BODY with the number of vectors, known to the compiler, that comes next of `left`.
#define NEXT_VECTORS(left, max_vectors, step, BODY) \
  if (max_vectors >= 4 && left >= 4) {              \
    step = 4;                                       \
    BODY(4);                                        \
  } else if (max_vectors >= 2 && left >= 2) {       \
    step = 2;                                       \
    BODY(2);                                        \
  } else {                                          \
    step = 1;                                       \
    BODY(1);                                        \
  }

INLINE void score_stretch(const block *b, size_t kv, range stretch, size_t max_vectors) {
  const size_t tiles = (b->n_rows + TILE - 1) / TILE;
  for (size_t tile = 0; tile < tiles; tile++) {
    const float *q[TILE];
    find_queries(b, tile, kv, q);
    float *scores = b->scores + tile * TILE * b->stride;
    const range seen = intersection(tile_sight(b, tile), stretch);
    size_t step;
    for (size_t p = round_down(seen.first, LANES); p < seen.end; p += step * LANES) {
      const float *keys = b->panel + (p - stretch.first) * b->trie->d_head;
      const size_t left = (seen.end - p + LANES - 1) / LANES;
#define SCORE(VECTORS) score_tile(q, keys, b->units, scores + p, b->stride, VECTORS)
      NEXT_VECTORS(left, max_vectors, step, SCORE)
#undef SCORE
    }
  }
}

INLINE void score_rows_of_block(const block *b, size_t kv, size_t max_vectors, bool is_f16) {
  const size_t d_head = b->trie->d_head, keys = round_down(PANEL / d_head, LANES);
  for (size_t first = 0; first < b->positions; first += keys) {
    const range stretch = {first, at_most(first + keys, b->positions)};
    for (size_t p = first; p < stretch.end; p += LANES)
      pack_keys(b, b->kv_row + p, kv * d_head, b->panel + (p - first) * d_head, is_f16);
    score_stretch(b, kv, stretch, max_vectors);
  }
}

/// Adds the values of some positions to `rows` rows of sums.
INLINE void mix_rows(const block *b, size_t row, size_t rows, range positions, range stretch,
                     size_t unit, size_t vectors) {
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
  for (size_t row = tile * TILE; row <= last_row(b, tile); row++) {
    const range seen = intersection(row_sight(b, row), stretch);
    mix_rows(b, row, 1, (range){seen.first, at_most(seen.end, common.first)}, stretch, unit, vectors);
  }
  mix_rows(b, tile * TILE, TILE, intersection(common, stretch), stretch, unit, vectors);
  for (size_t row = tile * TILE; row <= last_row(b, tile); row++) {
    const range seen = intersection(row_sight(b, row), stretch);
    mix_rows(b, row, 1, (range){at_least(seen.first, common.end), seen.end}, stretch, unit, vectors);
  }
}

INLINE void mix_stretch(const block *b, range stretch, size_t units, size_t max_vectors) {
  const size_t tiles = (b->n_rows + TILE - 1) / TILE;
  for (size_t tile = 0; tile < tiles; tile++) {
    size_t step;
    for (size_t unit = 0; unit < units; unit += step) {
      const size_t left = units - unit;
#define MIX(VECTORS) mix_tile(b, tile, stretch, unit, VECTORS)
      NEXT_VECTORS(left, max_vectors, step, MIX)
#undef MIX
    }
  }
}

INLINE void mix_strip(const block *b, size_t v_column, size_t units, size_t max_vectors,
                      bool is_f16) {
  const ck_trie_attention *t = b->trie;
  memset(b->mixed, 0, MAX_ROWS * STRIP * sizeof(float));
  for (size_t first = 0; first < b->positions; first += PANEL / STRIP) {
    const range stretch = {first, at_most(first + PANEL / STRIP, b->positions)};
    for (size_t p = first; p < stretch.end; p++)
      for (size_t u = 0; u < units; u++)
        load_kv((v16 *)(b->panel + (p - first) * STRIP + u * LANES), t->kv,
                (size_t)b->kv_row[p] * t->kv_stride + v_column + u * LANES, is_f16);
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
                            size_t max_vectors, bool is_f16) {
  const ck_trie_attention *t = b->trie;
  score_rows_of_block(b, kv, max_vectors, is_f16);
  for (size_t row = 0; row < b->n_rows; row++) {
    const range seen = row_sight(b, row);
    b->inverse[row] =
      softmax(b->scores + row * b->stride + seen.first, length(seen), t->scale, t->softcap);
  }
  for (size_t unit = 0; unit < b->units; unit += MAX_VECTORS) {
    const size_t units = at_most(b->units - unit, MAX_VECTORS), column = unit * LANES;
    mix_strip(b, (t->n_kv_heads + kv) * t->d_head + column, units, max_vectors, is_f16);
    store_strip(b, kv, column, units, out, out_row, to_bf16);
  }
}

KERNEL_IN_REGISTERS(void, ck_attend_block,
                    (const ck_trie_attention *t, const int32_t *rows, const int32_t *q_rows,
                     size_t count, float *scratch, void *out, size_t out_row, bool to_bf16),
                    (t, rows, q_rows, count, scratch, out, out_row, to_bf16)) {
  const size_t max_vectors = (size_t)registers / (TILE + 2);
  const block b = block_of(t, rows, q_rows, count, scratch);
  for (size_t kv = 0; kv < t->n_kv_heads; kv++) {
    if (t->kv_is_f16) attend_key_head(&b, kv, out, out_row, to_bf16, max_vectors, true);
    else attend_key_head(&b, kv, out, out_row, to_bf16, max_vectors, false);
  }
}
