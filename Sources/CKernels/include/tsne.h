// The loops of t-SNE: distances, nearest neighbours, forces between points of a plane.
//
// Sums run in a fixed order within a row, so a row's result does not depend on which rows are
// computed together. The coordinates of a layout are two arrays x and y of float32.
#ifndef WORKBENCH_TSNE_H
#define WORKBENCH_TSNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Points in a panel of ck_squared_distances.
#define CK_PANEL 32

/// out[q, j] = sum_i (queries[q, i] - point_j[i])^2, [n_queries, CK_PANEL * n_panels].
///
/// Points come in panels of CK_PANEL, each [width, CK_PANEL]; a distance has the same bits whichever
/// of both points is the query.
void ck_squared_distances(const float *queries, size_t n_queries, const float *panels,
                          size_t n_panels, size_t width, float *out);
void ck_squared_distances_plain(const float *queries, size_t n_queries, const float *panels,
                                size_t n_panels, size_t width, float *out);

/// The `capacity` nearest points seen so far, a max-heap by distance, then index.
typedef struct {
  float *distance;
  uint32_t *index;
  size_t count, capacity;
} ck_nearest;

/// Offers the points first ..< first + n with their distances, but not the point `self`.
///
/// Points must be offered in ascending order; of equally near ones the first are kept.
void ck_offer(ck_nearest *nearest, const float *distances, size_t n, uint32_t first, uint32_t self);

/// Forces on the points `first` ..< `first` + `count` of a layout from all of its points.
///
/// attraction_i = sum_j p_ij q_ij (y_i - y_j), repulsion_i = sum_j q_ij^2 (y_i - y_j) and
/// normaliser_i = sum_j q_ij - q_ii, with q_ij = 1 / (1 + |y_i - y_j|^2). The arrays have `padded`
/// elements, a multiple of 16, of which those beyond the points lie far away; p is [n, padded] and
/// 0 there. Results are written at the same indices; p and attraction may be NULL together.
typedef struct {
  const float *x, *y;
  size_t padded;
  const float *p;
  float *attraction_x, *attraction_y, *repulsion_x, *repulsion_y, *normaliser;
} ck_dense_forces;

void ck_dense_rows(const ck_dense_forces *forces, size_t first, size_t count);
void ck_dense_rows_plain(const ck_dense_forces *forces, size_t first, size_t count);

/// As attraction above, over the stored entries of a sparse matrix: those of row i are
/// offset[i] ..< offset[i + 1].
void ck_sparse_attraction(const float *x, const float *y, const size_t *offset,
                          const uint32_t *column, const float *p, size_t first, size_t count,
                          float *attraction_x, float *attraction_y);
void ck_sparse_attraction_plain(const float *x, const float *y, const size_t *offset,
                                const uint32_t *column, const float *p, size_t first, size_t count,
                                float *attraction_x, float *attraction_y);

/// A square grid of nodes over the plane; node (r, c) lies at (x0 + r step, y0 + c step).
///
/// Points lie between the second and the last node but one in both directions.
typedef struct {
  float x0, y0, inverse_step;
  /// Elements from a row of nodes to the next.
  size_t stride;
} ck_grid;

/// Adds to the nodes around each of n points the weights of cubic interpolation there.
void ck_spread(const ck_grid *grid, const float *x, const float *y, size_t n, float *nodes);

/// out[i] = the cubic interpolation of node values at point i.
void ck_interpolate(const ck_grid *grid, const float *nodes, const float *x, const float *y,
                    size_t n, float *out);

/// out[i] = the part of the interpolated potential at point i that comes from point i itself.
///
/// `kernel` is [4, 4]: the potential between nodes r rows and c columns apart.
void ck_own_potential(const ck_grid *grid, const float *kernel, const float *x, const float *y,
                      size_t n, float *out);

/// out = in times a factor per element, or times i factor; complex numbers as pairs.
void ck_filter(const float *in, const float *factor, size_t n, bool imaginary, float *out);

#ifdef __cplusplus
}
#endif
#endif
