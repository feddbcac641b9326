#include "simd.h"
#include "tsne.h"

/// Lagrange's cubic through the nodes -1, 0, 1, 2, at t in [0, 1].
INLINE void cubic_weights(float t, float *weights) {
  weights[0] = -t * (t - 1) * (t - 2) * (1.0f / 6);
  weights[1] = (t + 1) * (t - 1) * (t - 2) * 0.5f;
  weights[2] = -(t + 1) * t * (t - 2) * 0.5f;
  weights[3] = (t + 1) * t * (t - 1) * (1.0f / 6);
}

/// The weights of a point in both directions, and the first of the four nodes in four rows.
INLINE size_t stencil(const ck_grid *grid, float x, float y, float *rows, float *columns) {
  const float r = (x - grid->x0) * grid->inverse_step, c = (y - grid->y0) * grid->inverse_step;
  const size_t row = (size_t)r, column = (size_t)c;
  cubic_weights(r - (float)row, rows);
  cubic_weights(c - (float)column, columns);
  return (row - 1) * grid->stride + column - 1;
}

void ck_spread(const ck_grid *grid, const float *x, const float *y, size_t n, float *nodes) {
  for (size_t i = 0; i < n; i++) {
    float rows[4], columns[4];
    float *corner = nodes + stencil(grid, x[i], y[i], rows, columns);
    for (size_t r = 0; r < 4; r++)
      for (size_t c = 0; c < 4; c++) corner[r * grid->stride + c] += rows[r] * columns[c];
  }
}

void ck_interpolate(const ck_grid *grid, const float *nodes, const float *x, const float *y,
                    size_t n, float *out) {
  for (size_t i = 0; i < n; i++) {
    float rows[4], columns[4];
    const float *corner = nodes + stencil(grid, x[i], y[i], rows, columns);
    float lanes[4] = {0};
    for (size_t r = 0; r < 4; r++)
      for (size_t c = 0; c < 4; c++) lanes[c] += rows[r] * corner[r * grid->stride + c];
    float sum = 0;
    for (size_t c = 0; c < 4; c++) sum += columns[c] * lanes[c];
    out[i] = sum;
  }
}

/// overlap[k] = the sum of products of weights k nodes apart, both ways.
INLINE void overlaps(const float *weights, float *overlap) {
  for (int k = 0; k < 4; k++) {
    float sum = 0;
    for (int a = 0; a + k < 4; a++) sum += weights[a] * weights[a + k];
    overlap[k] = k == 0 ? sum : 2 * sum;
  }
}

void ck_own_potential(const ck_grid *grid, const float *kernel, const float *x, const float *y,
                      size_t n, float *out) {
  for (size_t i = 0; i < n; i++) {
    float rows[4], columns[4], row_overlaps[4], column_overlaps[4];
    stencil(grid, x[i], y[i], rows, columns);
    overlaps(rows, row_overlaps);
    overlaps(columns, column_overlaps);
    float sum = 0;
    for (int r = 0; r < 4; r++)
      for (int c = 0; c < 4; c++) sum += row_overlaps[r] * column_overlaps[c] * kernel[4 * r + c];
    out[i] = sum;
  }
}

KERNEL(void, ck_filter,
       (const float *in, const float *factor, size_t n, bool imaginary, float *out),
       (in, factor, n, imaginary, out)) {
  if (imaginary) {
    for (size_t i = 0; i < n; i++) {
      const float real = in[2 * i], unreal = in[2 * i + 1];
      out[2 * i] = -factor[i] * unreal;
      out[2 * i + 1] = factor[i] * real;
    }
    return;
  }
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = factor[i] * in[2 * i];
    out[2 * i + 1] = factor[i] * in[2 * i + 1];
  }
}
