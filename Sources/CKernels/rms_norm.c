#include "CKernels.h"
#include "simd.h"

KERNEL(void, ck_rms_norm,
       (const float *x, const float *weight, float epsilon, size_t n_rows, size_t width,
        void *out, bool to_bf16),
       (x, weight, epsilon, n_rows, width, out, to_bf16)) {
  const size_t whole = width - width % LANES;
  for (size_t r = 0; r < n_rows; r++, x += width) {
    v16 squares = {0};
    for (size_t i = 0; i < whole; i += LANES) {
      const v16 v = *(const v16 *)(x + i);
      squares = FMA(v, v, squares);
    }
    float sum = sum16(&squares);
    for (size_t i = whole; i < width; i++) sum += x[i] * x[i];
    const float inverse = 1.0f / sqrtf(sum / (float)width + epsilon);
    for (size_t i = 0; i < whole; i += LANES) {
      const v16 v = *(const v16 *)(x + i) * inverse * *(const v16 *)(weight + i);
      store16(&v, out, r * width + i, to_bf16);
    }
    for (size_t i = whole; i < width; i++)
      store1(x[i] * inverse * weight[i], out, r * width + i, to_bf16);
  }
}

void ck_head_norm(float *rows, size_t stride, const float *weight, float epsilon, size_t n_rows,
                  size_t n_heads, size_t d_head) {
  for (size_t r = 0; r < n_rows; r++) {
    float *heads = rows + r * stride;
    for (size_t h = 0; h < n_heads; h++)
      ck_rms_norm(heads + h * d_head, weight, epsilon, 1, d_head, heads + h * d_head, false);
  }
}

void ck_rms_norm_plain(const float *x, const float *weight, float epsilon, size_t n_rows,
                       size_t width, void *out, bool to_bf16) {
  for (size_t r = 0; r < n_rows; r++) {
    double sum = 0;
    for (size_t i = 0; i < width; i++) sum += (double)x[r * width + i] * x[r * width + i];
    const double inverse = 1.0 / sqrt(sum / (double)width + epsilon);
    for (size_t i = 0; i < width; i++)
      store1((float)(x[r * width + i] * inverse * weight[i]), out, r * width + i, to_bf16);
  }
}
