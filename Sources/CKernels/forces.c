#include "simd.h"
#include "tsne.h"

KERNEL(void, ck_dense_rows,
       (const ck_dense_forces *forces, size_t first, size_t count),
       (forces, first, count)) {
  const float *x = forces->x, *y = forces->y;
  for (size_t i = first; i < first + count; i++) {
    const float *p = forces->p ? forces->p + i * forces->padded : NULL;
    v16 attraction_x = {0}, attraction_y = {0}, repulsion_x = {0}, repulsion_y = {0}, sum = {0};
    for (size_t j = 0; j < forces->padded; j += LANES) {
      const v16 dx = x[i] - *(const v16 *)(x + j), dy = y[i] - *(const v16 *)(y + j);
      const v16 q = 1.0f / FMA(dy, dy, FMA(dx, dx, SPLAT(1.0f)));
      const v16 square = q * q;
      sum += q;
      repulsion_x = FMA(square, dx, repulsion_x);
      repulsion_y = FMA(square, dy, repulsion_y);
      if (p) {
        const v16 weight = *(const v16 *)(p + j) * q;
        attraction_x = FMA(weight, dx, attraction_x);
        attraction_y = FMA(weight, dy, attraction_y);
      }
    }
    if (p) {
      forces->attraction_x[i] = sum16(&attraction_x);
      forces->attraction_y[i] = sum16(&attraction_y);
    }
    forces->repulsion_x[i] = sum16(&repulsion_x);
    forces->repulsion_y[i] = sum16(&repulsion_y);
    forces->normaliser[i] = sum16(&sum) - 1.0f;
  }
}

void ck_dense_rows_plain(const ck_dense_forces *forces, size_t first, size_t count) {
  for (size_t i = first; i < first + count; i++) {
    double ax = 0, ay = 0, rx = 0, ry = 0, sum = 0;
    for (size_t j = 0; j < forces->padded; j++) {
      if (j == i) continue;
      const double dx = (double)forces->x[i] - forces->x[j];
      const double dy = (double)forces->y[i] - forces->y[j];
      const double q = 1 / (1 + dx * dx + dy * dy);
      const double p = forces->p ? forces->p[i * forces->padded + j] : 0;
      ax += p * q * dx;
      ay += p * q * dy;
      rx += q * q * dx;
      ry += q * q * dy;
      sum += q;
    }
    if (forces->p) {
      forces->attraction_x[i] = (float)ax;
      forces->attraction_y[i] = (float)ay;
    }
    forces->repulsion_x[i] = (float)rx;
    forces->repulsion_y[i] = (float)ry;
    forces->normaliser[i] = (float)sum;
  }
}

KERNEL(void, ck_sparse_attraction,
       (const float *x, const float *y, const size_t *offset, const uint32_t *column,
        const float *p, size_t first, size_t count, float *attraction_x, float *attraction_y),
       (x, y, offset, column, p, first, count, attraction_x, attraction_y)) {
  for (size_t i = first; i < first + count; i++) {
    float lanes_x[LANES] = {0}, lanes_y[LANES] = {0};
    size_t e = offset[i];
    for (; e + LANES <= offset[i + 1]; e += LANES)
      for (size_t l = 0; l < LANES; l++) {
        const float dx = x[i] - x[column[e + l]], dy = y[i] - y[column[e + l]];
        const float weight = p[e + l] / (1.0f + dx * dx + dy * dy);
        lanes_x[l] += weight * dx;
        lanes_y[l] += weight * dy;
      }
    v16 sums_x, sums_y;
    memcpy(&sums_x, lanes_x, sizeof sums_x);
    memcpy(&sums_y, lanes_y, sizeof sums_y);
    float sum_x = sum16(&sums_x), sum_y = sum16(&sums_y);
    for (; e < offset[i + 1]; e++) {
      const float dx = x[i] - x[column[e]], dy = y[i] - y[column[e]];
      const float weight = p[e] / (1.0f + dx * dx + dy * dy);
      sum_x += weight * dx;
      sum_y += weight * dy;
    }
    attraction_x[i] = sum_x;
    attraction_y[i] = sum_y;
  }
}

void ck_sparse_attraction_plain(const float *x, const float *y, const size_t *offset,
                                const uint32_t *column, const float *p, size_t first, size_t count,
                                float *attraction_x, float *attraction_y) {
  for (size_t i = first; i < first + count; i++) {
    double sum_x = 0, sum_y = 0;
    for (size_t e = offset[i]; e < offset[i + 1]; e++) {
      const double dx = (double)x[i] - x[column[e]], dy = (double)y[i] - y[column[e]];
      const double weight = p[e] / (1 + dx * dx + dy * dy);
      sum_x += weight * dx;
      sum_y += weight * dy;
    }
    attraction_x[i] = (float)sum_x;
    attraction_y[i] = (float)sum_y;
  }
}
