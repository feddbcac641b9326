#include "CKernels.h"
#include "simd.h"

static const float gelu_scale = 0.7978845608f;  // sqrt(2 / pi)
static const float gelu_cubic = 0.044715f;

/// erf of every lane, lane by lane: no GELU model that uses it is large enough to care.
INLINE void erf16(v16 *x) {
  for (int i = 0; i < LANES; i++) (*x)[i] = erff((*x)[i]);
}

INLINE void activate16(ck_activation activation, v16 *x) {
  const v16 v = *x;
  v16 t;
  switch (activation) {
    case CK_SILU:
      t = -v;
      exp16(&t);
      *x = v / (t + 1.0f);
      return;
    case CK_GELU:
      t = v * 0.70710678118f;
      erf16(&t);
      *x = v * 0.5f * (t + 1.0f);
      return;
    case CK_GELU_TANH:
      t = gelu_scale * (v + gelu_cubic * v * v * v);
      tanh16(&t);
      *x = v * 0.5f * (t + 1.0f);
      return;
  }
}

/// Applies the activation to `count` < LANES elements as if they filled a vector.
INLINE void activate_tail(ck_activation activation, const float *x, size_t count, v16 *result) {
  v16 v = {0};
  for (size_t i = 0; i < count; i++) v[i] = x[i];
  activate16(activation, &v);
  *result = v;
}

KERNEL(void, ck_gate,
       (ck_activation activation, const float *gate_up, size_t n_rows, size_t width, void *out,
        bool to_bf16),
       (activation, gate_up, n_rows, width, out, to_bf16)) {
  const size_t whole = width - width % LANES;
  for (size_t r = 0; r < n_rows; r++) {
    const float *gate = gate_up + r * 2 * width, *up = gate + width;
    for (size_t i = 0; i < whole; i += LANES) {
      v16 v = *(const v16 *)(gate + i);
      activate16(activation, &v);
      v *= *(const v16 *)(up + i);
      store16(&v, out, r * width + i, to_bf16);
    }
    v16 tail;
    activate_tail(activation, gate + whole, width - whole, &tail);
    for (size_t i = whole; i < width; i++)
      store1(tail[i - whole] * up[i], out, r * width + i, to_bf16);
  }
}

KERNEL(void, ck_activate,
       (ck_activation activation, const float *x, size_t n, void *out, bool to_bf16),
       (activation, x, n, out, to_bf16)) {
  const size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES) {
    v16 v = *(const v16 *)(x + i);
    activate16(activation, &v);
    store16(&v, out, i, to_bf16);
  }
  v16 tail;
  activate_tail(activation, x + whole, n - whole, &tail);
  for (size_t i = whole; i < n; i++) store1(tail[i - whole], out, i, to_bf16);
}

KERNEL(void, ck_softcap, (float *x, size_t n, float cap), (x, n, cap)) {
  const size_t whole = n - n % LANES;
  for (size_t i = 0; i < whole; i += LANES) {
    v16 v = *(const v16 *)(x + i) / cap;
    tanh16(&v);
    *(v16 *)(x + i) = v * cap;
  }
  for (size_t i = whole; i < n; i++) x[i] = cap * tanhf(x[i] / cap);
}

static double activate_plain(ck_activation activation, double x) {
  switch (activation) {
    case CK_SILU: return x / (1.0 + exp(-x));
    case CK_GELU: return x * 0.5 * (1.0 + erf(x * sqrt(0.5)));
    case CK_GELU_TANH: return x * 0.5 * (1.0 + tanh(sqrt(2.0 / 3.14159265358979323846) *
                                                    (x + 0.044715 * x * x * x)));
  }
  return NAN;
}

void ck_gate_plain(ck_activation activation, const float *gate_up, size_t n_rows, size_t width,
                   void *out, bool to_bf16) {
  for (size_t r = 0; r < n_rows; r++)
    for (size_t i = 0; i < width; i++) {
      const double gate = gate_up[r * 2 * width + i], up = gate_up[r * 2 * width + width + i];
      store1((float)(activate_plain(activation, gate) * up), out, r * width + i, to_bf16);
    }
}
