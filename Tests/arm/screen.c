// Weights and rows in bytes.
#include <string.h>

#include "parity.h"

static size_t padded(size_t n) { return (n + CK_SCREEN_BLOCK - 1) / CK_SCREEN_BLOCK * CK_SCREEN_BLOCK; }

static void *zeros(size_t bytes) { return memset(room(bytes), 0, bytes); }

static void screen_pack(const size_t *s) {
  const size_t n = s[0], k = s[1], all = padded(n), groups = all * (k / CK_SCREEN_GROUP);
  ck_screen screen = {n, k, zeros(all * k), zeros(groups * 4), zeros(groups * 4), zeros(all * 4),
                      zeros(all * 4)};
  float *w = floats(n * k, 0.1f);
  // A group of zeros, and one that is nearly zero.
  memset(w, 0, CK_SCREEN_GROUP * sizeof *w);
  for (size_t i = 0; i < CK_SCREEN_GROUP; i++) w[k + i] *= 1e-34f;
  const bool is_done = ck_screen_pack(&screen, w, 0, n);
  digest(&is_done, sizeof is_done);
  digest(screen.bytes, all * k);
  digest(screen.offset, groups * sizeof *screen.offset);
  digest_floats(screen.scale, groups);
  digest_floats(screen.length, all);
  digest_floats(screen.rest, all);
}

static void screen_rows_from(const size_t *s) {
  const size_t rows = s[0], k = s[1], groups = rows * (k / CK_SCREEN_GROUP);
  const ck_screen_rows out = {room(rows * k), room(groups * 4), room(rows * 4), room(rows * 4)};
  void *x = floats(rows * k, 3);
  if (s[2]) {
    void *rounded = room(rows * k * 2);
    ck_convert(x, rows * k, rounded, true);
    x = rounded;
  }
  const bool is_done = ck_screen_rows_from(x, s[2], rows, k, &out);
  digest(&is_done, sizeof is_done);
  digest(out.bytes, rows * k);
  digest_floats(out.scale, groups);
  digest_floats(out.length, rows);
  digest_floats(out.rest, rows);
}

const parity_case screen_cases[] = {
  {"ck_screen_pack", "n k", screen_pack, {70, 192}},
  {"ck_screen_rows_from", "rows k bf16", screen_rows_from, {5, 192, 0}},
  {"ck_screen_rows_from", "rows k bf16", screen_rows_from, {5, 192, 1}},
  {NULL},
};
