#include "CKernels.h"
#include "simd.h"

MULTIVERSION
void ck_swiglu(const float *gate_up, size_t n_rows, size_t width, void *out, bool to_bf16) {
  const size_t whole = width - width % LANES;
  for (size_t r = 0; r < n_rows; r++) {
    const float *gate = gate_up + r * 2 * width, *up = gate + width;
    for (size_t i = 0; i < whole; i += LANES) {
      const v16 g = *(const v16 *)(gate + i);
      v16 e = -g;
      exp16(&e);
      const v16 v = g / (e + 1.0f) * *(const v16 *)(up + i);
      store16(&v, out, r * width + i, to_bf16);
    }
    for (size_t i = whole; i < width; i++)
      store1(gate[i] / (1.0f + expf(-gate[i])) * up[i], out, r * width + i, to_bf16);
  }
}

void ck_swiglu_plain(const float *gate_up, size_t n_rows, size_t width, void *out, bool to_bf16) {
  for (size_t r = 0; r < n_rows; r++)
    for (size_t i = 0; i < width; i++) {
      const double g = gate_up[r * 2 * width + i], u = gate_up[r * 2 * width + width + i];
      store1((float)(g / (1.0 + exp(-g)) * u), out, r * width + i, to_bf16);
    }
}
