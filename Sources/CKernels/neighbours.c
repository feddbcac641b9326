#include "simd.h"
#include "tsne.h"

/// Queries that share a pass over a panel.
#define QUERIES 4

/// Squared distances of one to four queries to one panel.
INLINE void panel_distances(const float *queries, size_t n_queries, const float *panel,
                            size_t width, float *out, size_t out_stride) {
  v16 low[QUERIES] = {{0}}, high[QUERIES] = {{0}};
  for (size_t i = 0; i < width; i++) {
    const v16 a = *(const v16 *)(panel + i * CK_PANEL);
    const v16 b = *(const v16 *)(panel + i * CK_PANEL + LANES);
    for (size_t q = 0; q < n_queries; q++) {
      const v16 from_a = a - queries[q * width + i], from_b = b - queries[q * width + i];
      low[q] = FMA(from_a, from_a, low[q]);
      high[q] = FMA(from_b, from_b, high[q]);
    }
  }
  for (size_t q = 0; q < n_queries; q++) {
    *(v16 *)(out + q * out_stride) = low[q];
    *(v16 *)(out + q * out_stride + LANES) = high[q];
  }
}

KERNEL(void, ck_squared_distances,
       (const float *queries, size_t n_queries, const float *panels, size_t n_panels,
        size_t width, float *out),
       (queries, n_queries, panels, n_panels, width, out)) {
  const size_t stride = CK_PANEL * n_panels;
  for (size_t q = 0; q < n_queries; q += QUERIES) {
    const float *rows = queries + q * width;
    for (size_t p = 0; p < n_panels; p++) {
      const float *panel = panels + p * width * CK_PANEL;
      float *to = out + q * stride + p * CK_PANEL;
      if (q + QUERIES <= n_queries) {
        panel_distances(rows, QUERIES, panel, width, to, stride);
      } else {
        for (size_t r = 0; q + r < n_queries; r++)
          panel_distances(rows + r * width, 1, panel, width, to + r * stride, stride);
      }
    }
  }
}

void ck_squared_distances_plain(const float *queries, size_t n_queries, const float *panels,
                                size_t n_panels, size_t width, float *out) {
  for (size_t q = 0; q < n_queries; q++)
    for (size_t j = 0; j < CK_PANEL * n_panels; j++) {
      const float *point = panels + j / CK_PANEL * width * CK_PANEL + j % CK_PANEL;
      double sum = 0;
      for (size_t i = 0; i < width; i++) {
        const double difference = (double)queries[q * width + i] - point[i * CK_PANEL];
        sum += difference * difference;
      }
      out[q * CK_PANEL * n_panels + j] = (float)sum;
    }
}

INLINE bool is_farther(float distance, uint32_t index, float than, uint32_t than_index) {
  return distance > than || (distance == than && index > than_index);
}

/// Puts a point where the root was, and lets it sink.
static void replace_root(ck_nearest *nearest, float distance, uint32_t index) {
  size_t place = 0;
  for (;;) {
    size_t child = 2 * place + 1;
    if (child >= nearest->count) break;
    if (child + 1 < nearest->count &&
        is_farther(nearest->distance[child + 1], nearest->index[child + 1],
                   nearest->distance[child], nearest->index[child]))
      child++;
    if (!is_farther(nearest->distance[child], nearest->index[child], distance, index)) break;
    nearest->distance[place] = nearest->distance[child];
    nearest->index[place] = nearest->index[child];
    place = child;
  }
  nearest->distance[place] = distance;
  nearest->index[place] = index;
}

static void append(ck_nearest *nearest, float distance, uint32_t index) {
  size_t place = nearest->count++;
  while (place > 0) {
    const size_t parent = (place - 1) / 2;
    if (!is_farther(distance, index, nearest->distance[parent], nearest->index[parent])) break;
    nearest->distance[place] = nearest->distance[parent];
    nearest->index[place] = nearest->index[parent];
    place = parent;
  }
  nearest->distance[place] = distance;
  nearest->index[place] = index;
}

static void offer(ck_nearest *nearest, float distance, uint32_t index, uint32_t self) {
  if (index == self) return;
  if (nearest->count < nearest->capacity) append(nearest, distance, index);
  else if (distance < nearest->distance[0]) replace_root(nearest, distance, index);
}

KERNEL(void, ck_offer,
       (ck_nearest *nearest, const float *distances, size_t n, uint32_t first, uint32_t self),
       (nearest, distances, n, first, self)) {
  size_t i = 0;
  while (i < n) {
    if (nearest->count < nearest->capacity || i + LANES > n) {
      offer(nearest, distances[i], first + (uint32_t)i, self);
      i++;
      continue;
    }
    const float limit = nearest->distance[0];
    int32_t nearer = 0;
    for (size_t j = 0; j < LANES; j++) nearer |= distances[i + j] < limit;
    if (nearer)
      for (size_t j = 0; j < LANES; j++)
        offer(nearest, distances[i + j], first + (uint32_t)(i + j), self);
    i += LANES;
  }
}
