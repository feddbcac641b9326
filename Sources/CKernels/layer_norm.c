#include "CKernels.h"
#include "simd.h"

KERNEL(void, ck_layer_norm,
       (const float *x, const float *weight, const float *bias, float epsilon, size_t n_rows,
        size_t width, void *out, bool to_bf16),
       (x, weight, bias, epsilon, n_rows, width, out, to_bf16)) {
  const size_t whole = width - width % LANES;
  for (size_t r = 0; r < n_rows; r++, x += width) {
    v16 sums = {0};
    for (size_t i = 0; i < whole; i += LANES) sums += *(const v16 *)(x + i);
    float sum = sum16(&sums);
    for (size_t i = whole; i < width; i++) sum += x[i];
    const float mean = sum / (float)width;

    v16 squares = {0};
    for (size_t i = 0; i < whole; i += LANES) {
      const v16 v = *(const v16 *)(x + i) - mean;
      squares = FMA(v, v, squares);
    }
    float square = sum16(&squares);
    for (size_t i = whole; i < width; i++) square += (x[i] - mean) * (x[i] - mean);
    const float inverse = 1.0f / sqrtf(square / (float)width + epsilon);

    for (size_t i = 0; i < whole; i += LANES) {
      v16 v = (*(const v16 *)(x + i) - mean) * inverse * *(const v16 *)(weight + i);
      if (bias != NULL) v += *(const v16 *)(bias + i);
      store16(&v, out, r * width + i, to_bf16);
    }
    for (size_t i = whole; i < width; i++)
      store1((x[i] - mean) * inverse * weight[i] + (bias != NULL ? bias[i] : 0), out,
             r * width + i, to_bf16);
  }
}

void ck_layer_norm_plain(const float *x, const float *weight, const float *bias, float epsilon,
                         size_t n_rows, size_t width, void *out, bool to_bf16) {
  for (size_t r = 0; r < n_rows; r++, x += width) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < width; i++) mean += x[i] / (double)width;
    for (size_t i = 0; i < width; i++) variance += (x[i] - mean) * (x[i] - mean) / (double)width;
    for (size_t i = 0; i < width; i++)
      store1((float)((x[i] - mean) / sqrt(variance + epsilon) * weight[i] +
                     (bias != NULL ? bias[i] : 0)),
             out, r * width + i, to_bf16);
  }
}
