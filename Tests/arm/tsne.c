// The loops of t-SNE.
#include <string.h>

#include "parity.h"

static void squared_distances(const size_t *s) {
  const size_t queries = s[0], panels = s[1], width = s[2], n = queries * panels * CK_PANEL;
  const float *rows = floats(queries * width, 2), *points = floats(panels * width * CK_PANEL, 2);
  float *out = room(n * sizeof *out);
  ck_squared_distances(rows, queries, points, panels, width, out);
  digest_floats(out, n);
}

static void offer(const size_t *s) {
  ck_nearest nearest = {room(s[1] * sizeof(float)), room(s[1] * sizeof(uint32_t)), 0, s[1]};
  float *distances = floats(s[0], 1);
  // Some are equally far.
  for (size_t i = 0; i < s[0]; i++) distances[i] = (float)(int)(100 * (distances[i] + 1));
  ck_offer(&nearest, distances, s[0] / 2, 0, 3);
  ck_offer(&nearest, distances + s[0] / 2, s[0] - s[0] / 2, (uint32_t)(s[0] / 2), 3);
  digest(nearest.distance, nearest.count * sizeof(float));
  digest(nearest.index, nearest.count * sizeof(uint32_t));
}

static void dense_rows(const size_t *s) {
  const size_t n = s[0], padded = (n + 15) / 16 * 16, bytes = n * sizeof(float);
  float *x = floats(padded, 5), *y = floats(padded, 5), *p = floats(n * padded, 0.01f);
  for (size_t i = n; i < padded; i++) x[i] = y[i] = 1e18f;
  for (size_t i = 0; i < n * padded; i++) p[i] = i % padded < n ? p[i] : 0;
  float *out[5];
  for (int i = 0; i < 5; i++) out[i] = room(bytes);
  const ck_dense_forces forces = {x, y, padded, s[1] ? p : NULL, out[0], out[1], out[2], out[3],
                                  out[4]};
  ck_dense_rows(&forces, 0, n);
  for (int i = s[1] ? 0 : 2; i < 5; i++) digest_floats(out[i], n);
}

static void sparse_attraction(const size_t *s) {
  const size_t n = s[0], most = s[1];
  size_t *offset = room((n + 1) * sizeof *offset);
  offset[0] = 0;
  for (size_t i = 0; i < n; i++) offset[i + 1] = offset[i] + next_random() % most;
  uint32_t *column = room(offset[n] * sizeof *column);
  for (size_t e = 0; e < offset[n]; e++) column[e] = (uint32_t)(next_random() % n);
  const float *x = floats(n, 5), *y = floats(n, 5), *p = floats(offset[n], 0.01f);
  float *ax = room(n * sizeof *ax), *ay = room(n * sizeof *ay);
  ck_sparse_attraction(x, y, offset, column, p, 0, n, ax, ay);
  digest_floats(ax, n);
  digest_floats(ay, n);
}

/// A grid over [-4, 4] in both directions, with room around it.
static ck_grid grid_of(size_t nodes) {
  const float step = 8.0f / (float)(nodes - 5);
  const ck_grid grid = {-4 - 2 * step, -4 - 2 * step, 1 / step, nodes + 3};
  return grid;
}

static void spread(const size_t *s) {
  const ck_grid grid = grid_of(s[1]);
  const float *x = floats(s[0], 4), *y = floats(s[0], 4);
  float *nodes = room(s[1] * grid.stride * sizeof *nodes);
  memset(nodes, 0, s[1] * grid.stride * sizeof *nodes);
  ck_spread(&grid, x, y, s[0], nodes);
  digest_floats(nodes, s[1] * grid.stride);
}

static void interpolate(const size_t *s) {
  const ck_grid grid = grid_of(s[1]);
  const float *nodes = floats(s[1] * grid.stride, 2), *x = floats(s[0], 4), *y = floats(s[0], 4);
  float *out = room(s[0] * sizeof *out);
  ck_interpolate(&grid, nodes, x, y, s[0], out);
  digest_floats(out, s[0]);
}

static void own_potential(const size_t *s) {
  const ck_grid grid = grid_of(s[1]);
  const float *kernel = floats(16, 1), *x = floats(s[0], 4), *y = floats(s[0], 4);
  float *out = room(s[0] * sizeof *out);
  ck_own_potential(&grid, kernel, x, y, s[0], out);
  digest_floats(out, s[0]);
}

static void filter(const size_t *s) {
  const float *in = floats(2 * s[0], 2), *factor = floats(s[0], 2);
  float *out = room(2 * s[0] * sizeof *out);
  ck_filter(in, factor, s[0], s[1], out);
  digest_floats(out, 2 * s[0]);
}

const parity_case tsne_cases[] = {
  {"ck_squared_distances", "queries panels width", squared_distances, {7, 3, 100}},
  {"ck_offer", "n capacity", offer, {999, 90}},
  {"ck_dense_rows", "n attraction", dense_rows, {100, 1}},
  {"ck_dense_rows", "n attraction", dense_rows, {100, 0}},
  {"ck_sparse_attraction", "n most", sparse_attraction, {100, 90}},
  {"ck_spread", "n nodes", spread, {300, 40}},
  {"ck_interpolate", "n nodes", interpolate, {300, 40}},
  {"ck_own_potential", "n nodes", own_potential, {300, 40}},
  {"ck_filter", "n imaginary", filter, {999, 0}},
  {"ck_filter", "n imaginary", filter, {999, 1}},
  {NULL},
};
