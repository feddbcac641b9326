#include "CKernels.h"
#include "simd.h"

static const float gelu_scale = 0.7978845608f;  // sqrt(2 / pi)
static const float gelu_cubic = 0.044715f;

/// erf(x) / x - 1, in powers of x^2 for |x| < 1: a minimax polynomial, within 0.03 u of erf.
static const float erf_near[] = {7.853861461626366e-05f, -8.010193705558777e-04f,
                                 5.188327748328447e-03f, -2.685381285846233e-02f,
                                 1.128358542919159e-01f, -3.761262595653534e-01f,
                                 1.283791661262512e-01f};
/// -log(1 - erf(x)) / x, in powers of x for 1 <= x <= 4: the same, within 0.05 u of erf.
static const float erf_far[] = {-2.106424508383498e-04f, 3.186940448358655e-03f,
                                -2.279844321310520e-02f, 1.051161065697670e-01f,
                                6.358314752578735e-01f, 1.128480076789856f};

/// Replaces x by the value there of a polynomial, whose coefficient of the highest power is first.
INLINE void polynomial16(const float *coefficients, size_t count, v16 *x) {
  v16 value = SPLAT(coefficients[0]);
  for (size_t i = 1; i < count; i++) value = FMA(value, *x, SPLAT(coefficients[i]));
  *x = value;
}

/// erf of every lane, within 1.2 units in the last place (every float from 2^-31 to 32 was tried);
/// NaN stays NaN.
INLINE void erf16(v16 *x) {
  const v16 v = *x;
  const v16i sign = (v16i)v & INT32_MIN;
  const v16 size = (v16)((v16i)v ^ sign), bounded = SELECT(size > 4.0f, SPLAT(4.0f), size);
  v16 near = v * v, rest = bounded;
  polynomial16(erf_near, sizeof erf_near / sizeof *erf_near, &near);
  near = FMA(v, near, v);
  polynomial16(erf_far, sizeof erf_far / sizeof *erf_far, &rest);
  rest *= -bounded;
  exp16(&rest);
  const v16 far = (v16)((v16i)(1.0f - rest) | sign);
  *x = SELECT(size < 1.0f, near, far);
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
  load_first16(result, x, count);
  activate16(activation, result);
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
  for (size_t i = 0; i < whole; i += LANES) softcap16((v16 *)(x + i), cap);
  v16 tail;
  load_first16(&tail, x + whole, n - whole);
  softcap16(&tail, cap);
  memcpy(x + whole, &tail, (n - whole) * sizeof(float));
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
