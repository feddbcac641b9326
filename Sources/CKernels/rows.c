#include "CKernels.h"
#include "simd.h"

KERNEL(void, ck_add, (const float *a, const float *b, size_t n, float *sum), (a, b, n, sum)) {
  for (size_t i = 0; i < n; i++) sum[i] = a[i] + b[i];
}

KERNEL(void, ck_add_bias,
       (float *rows, const float *bias, size_t n_rows, size_t width),
       (rows, bias, n_rows, width)) {
  for (size_t r = 0; r < n_rows; r++)
    for (size_t i = 0; i < width; i++) rows[r * width + i] += bias[i];
}

KERNEL(void, ck_add_scaled, (float *x, const float *y, float factor, size_t n), (x, y, factor, n)) {
  for (size_t i = 0; i < n; i++) x[i] = FMA(factor, y[i], x[i]);
}

void ck_add_scaled_plain(float *x, const float *y, float factor, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = (float)((double)x[i] + (double)factor * y[i]);
}

KERNEL(void, ck_add_scaled_double,
       (double *x, const double *y, double factor, size_t n),
       (x, y, factor, n)) {
  for (size_t i = 0; i < n; i++) x[i] = FMA(factor, y[i], x[i]);
}

void ck_add_scaled_double_plain(double *x, const double *y, double factor, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = (double)((long double)x[i] + (long double)factor * y[i]);
}

KERNEL(void, ck_project_out, (float *x, const float *d, size_t n), (x, d, n)) {
  double lanes[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t j = 0; j < LANES; j++) lanes[j] = FMA((double)x[i + j], (double)d[i + j], lanes[j]);
  double dot = 0;
  for (size_t j = 0; j < LANES; j++) dot += lanes[j];
  for (; i < n; i++) dot += (double)x[i] * d[i];
  const float length = (float)dot;
  for (i = 0; i < n; i++) x[i] -= length * d[i];
}

void ck_project_out_plain(float *x, const float *d, size_t n) {
  double dot = 0;
  for (size_t i = 0; i < n; i++) dot += (double)x[i] * d[i];
  for (size_t i = 0; i < n; i++) x[i] = (float)(x[i] - dot * d[i]);
}

KERNEL(void, ck_scale, (float *x, float factor, size_t n), (x, factor, n)) {
  for (size_t i = 0; i < n; i++) x[i] *= factor;
}

KERNEL(size_t, ck_argmax, (const float *x, size_t n), (x, n)) {
  float lanes[LANES], max = x[0];
  for (size_t j = 0; j < LANES; j++) lanes[j] = x[0];
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t j = 0; j < LANES; j++) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  for (size_t j = 0; j < LANES; j++) max = lanes[j] > max ? lanes[j] : max;
  for (; i < n; i++) max = x[i] > max ? x[i] : max;
  i = 0;
  while (i + 1 < n && x[i] != max) i++;
  return i;
}

KERNEL(void, ck_convert,
       (const float *x, size_t n, void *out, bool to_bf16),
       (x, n, out, to_bf16)) {
  const size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES) store16((const v16 *)(x + i), out, i, to_bf16);
  for (size_t i = whole; i < n; i++) store1(x[i], out, i, to_bf16);
}

KERNEL(void, ck_round_to_bf16, (float *x, size_t n), (x, n)) {
  for (size_t i = 0; i < n; i++) x[i] = float_from_bf16(bf16_from_float(x[i]));
}

KERNEL(void, ck_convert_to_f16, (const float *x, size_t n, void *out), (x, n, out)) {
  _Float16 *half = out;
  const size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES)
    *(v16f *)(half + i) = __builtin_convertvector(*(const v16 *)(x + i), v16f);
  for (size_t i = whole; i < n; i++) half[i] = (_Float16)x[i];
}

KERNEL(void, ck_round_to_f16, (float *x, size_t n), (x, n)) {
  const size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES) {
    const v16f half = __builtin_convertvector(*(const v16 *)(x + i), v16f);
    *(v16 *)(x + i) = __builtin_convertvector(half, v16);
  }
  for (size_t i = whole; i < n; i++) x[i] = (_Float16)x[i];
}

KERNEL(size_t, ck_first_non_finite, (const float *x, size_t n), (x, n)) {
  const size_t block = 1024;
  for (size_t start = 0; start < n; start += block) {
    const size_t end = start + block < n ? start + block : n;
    // x - x is 0 for every finite x and NaN otherwise, so one sum answers for a block.
    float doubt = 0;
    for (size_t i = start; i < end; i++) {
      const float difference = x[i] - x[i];
      doubt = difference == 0 ? doubt : 1;
    }
    if (doubt == 0) continue;
    for (size_t i = start; i < end; i++)
      if (!isfinite(x[i])) return i;
  }
  return n;
}
