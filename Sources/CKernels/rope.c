#include "CKernels.h"
#include "simd.h"

KERNEL(void, ck_rope,
       (float *rows, size_t stride, const int32_t *position, size_t n_rows, size_t n_heads,
        size_t d_head, const float *cosine, const float *sine, size_t half),
       (rows, stride, position, n_rows, n_heads, d_head, cosine, sine, half)) {
  const size_t whole = half - half % LANES;
  for (size_t r = 0; r < n_rows; r++) {
    const float *c = cosine + (size_t)position[r] * half;
    const float *s = sine + (size_t)position[r] * half;
    for (size_t h = 0; h < n_heads; h++) {
      float *a = rows + r * stride + h * d_head, *b = a + half;
      for (size_t i = 0; i < whole; i += LANES) {
        const v16 x = *(v16 *)(a + i), y = *(v16 *)(b + i);
        const v16 ci = *(const v16 *)(c + i), si = *(const v16 *)(s + i);
        *(v16 *)(a + i) = x * ci - y * si;
        *(v16 *)(b + i) = y * ci + x * si;
      }
      for (size_t i = whole; i < half; i++) {
        const float x = a[i], y = b[i];
        a[i] = x * c[i] - y * s[i];
        b[i] = y * c[i] + x * s[i];
      }
    }
  }
}

void ck_rope_plain(float *rows, size_t stride, const int32_t *position, size_t n_rows,
                   size_t n_heads, size_t d_head, const float *cosine, const float *sine,
                   size_t half) {
  for (size_t r = 0; r < n_rows; r++)
    for (size_t h = 0; h < n_heads; h++)
      for (size_t i = 0; i < half; i++) {
        float *head = rows + r * stride + h * d_head;
        const double x = head[i], y = head[i + half];
        const double c = cosine[(size_t)position[r] * half + i];
        const double s = sine[(size_t)position[r] * half + i];
        head[i] = (float)(x * c - y * s);
        head[i + half] = (float)(y * c + x * s);
      }
}
