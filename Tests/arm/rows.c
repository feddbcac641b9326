// Kernels over rows: norms, rotation, nonlinearities, sums, roundings, searches.
#include <string.h>

#include "parity.h"

static const float epsilon = 1e-5f;

static size_t number_size(bool is_bf16) { return is_bf16 ? 2 : 4; }

static void rms_norm(const size_t *s) {
  const size_t rows = s[0], width = s[1];
  const float *x = floats(rows * width, 3), *weight = floats(width, 2);
  void *out = room(rows * width * number_size(s[2]));
  ck_rms_norm(x, weight, epsilon, rows, width, out, s[2]);
  digest_numbers(out, rows * width, s[2]);
}

static void layer_norm(const size_t *s) {
  const size_t rows = s[0], width = s[1];
  const float *x = floats(rows * width, 3), *weight = floats(width, 2), *bias = floats(width, 1);
  void *out = room(rows * width * number_size(s[2]));
  ck_layer_norm(x, weight, s[3] ? bias : NULL, epsilon, rows, width, out, s[2]);
  digest_numbers(out, rows * width, s[2]);
}

static void head_norm(const size_t *s) {
  const size_t rows = s[0], heads = s[1], d_head = s[2], stride = heads * d_head + 7;
  float *x = floats(rows * stride, 3);
  ck_head_norm(x, stride, floats(d_head, 2), epsilon, rows, heads, d_head);
  digest_floats(x, rows * stride);
}

static void rope(const size_t *s) {
  const size_t rows = s[0], heads = s[1], d_head = s[2], half = s[3];
  const size_t stride = heads * d_head + 5, positions = 50;
  float *x = floats(rows * stride, 3);
  const float *cosine = floats(positions * half, 1), *sine = floats(positions * half, 1);
  int32_t *position = room(rows * sizeof *position);
  for (size_t i = 0; i < rows; i++) position[i] = (int32_t)(next_random() % positions);
  ck_rope(x, stride, position, rows, heads, d_head, cosine, sine, half);
  digest_floats(x, rows * stride);
}

static void gate(const size_t *s) {
  const size_t rows = s[1], width = s[2];
  const float *x = floats(rows * 2 * width, 12);
  void *out = room(rows * width * number_size(s[3]));
  ck_gate((ck_activation)s[0], x, rows, width, out, s[3]);
  digest_numbers(out, rows * width, s[3]);
}

static void activate(const size_t *s) {
  const size_t n = s[1];
  const float *x = s[3] ? wild_floats(n, 12) : floats(n, 12);
  void *out = room(n * number_size(s[2]));
  ck_activate((ck_activation)s[0], x, n, out, s[2]);
  digest_numbers(out, n, s[2]);
}

static void softcap(const size_t *s) {
  float *x = s[1] ? wild_floats(s[0], 200) : floats(s[0], 200);
  ck_softcap(x, s[0], 30);
  digest_floats(x, s[0]);
}

static void add(const size_t *s) {
  const float *a = floats(s[0], 3), *b = floats(s[0], 5);
  float *sum = room(s[0] * sizeof *sum);
  ck_add(a, b, s[0], sum);
  digest_floats(sum, s[0]);
}

static void add_bias(const size_t *s) {
  float *rows = floats(s[0] * s[1], 3);
  ck_add_bias(rows, floats(s[1], 5), s[0], s[1]);
  digest_floats(rows, s[0] * s[1]);
}

static void add_scaled(const size_t *s) {
  float *x = floats(s[0], 3);
  ck_add_scaled(x, floats(s[0], 5), 0.7f, s[0]);
  digest_floats(x, s[0]);
}

static void add_scaled_double(const size_t *s) {
  double *x = doubles(s[0], 3);
  ck_add_scaled_double(x, doubles(s[0], 5), 0.7, s[0]);
  digest(x, s[0] * sizeof *x);
}

static void project_out(const size_t *s) {
  float *x = floats(s[0], 3);
  ck_project_out(x, floats(s[0], 0.1f), s[0]);
  digest_floats(x, s[0]);
}

static void scale(const size_t *s) {
  float *x = floats(s[0], 3);
  ck_scale(x, 0.7f, s[0]);
  digest_floats(x, s[0]);
}

static void argmax(const size_t *s) {
  float *x = floats(s[0], 3);
  // Of equally large numbers the first counts.
  x[s[0] / 2] = x[s[0] - 1] = 3;
  const uint64_t index = ck_argmax(x, s[0]);
  digest(&index, sizeof index);
}

static void exp_sum(const size_t *s) {
  const double sum = ck_exp_sum(floats(s[0], 20), s[0], 20);
  digest(&sum, sizeof sum);
}

static void convert(const size_t *s) {
  void *out = room(s[0] * number_size(s[1]));
  ck_convert(wild_floats(s[0], 3), s[0], out, s[1]);
  digest_numbers(out, s[0], s[1]);
}

static void round_to_bf16(const size_t *s) {
  float *x = wild_floats(s[0], 3);
  ck_round_to_bf16(x, s[0]);
  digest_floats(x, s[0]);
}

static void convert_to_f16(const size_t *s) {
  uint16_t *out = room(s[0] * sizeof *out);
  ck_convert_to_f16(wild_floats(s[0], 3), s[0], out);
  for (size_t i = 0; i < s[0]; i++)
    if ((out[i] & 0x7FFF) > 0x7C00) out[i] = 0x7E00;
  digest(out, s[0] * sizeof *out);
}

static void round_to_f16(const size_t *s) {
  float *x = wild_floats(s[0], 3);
  ck_round_to_f16(x, s[0]);
  digest_floats(x, s[0]);
}

static void first_non_finite(const size_t *s) {
  float *x = floats(s[0], 3);
  static const uint32_t bits[] = {0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0x7F7FFFFF};
  for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
    memcpy(&x[s[0] / 2], &bits[i], sizeof bits[i]);
    const uint64_t index = ck_first_non_finite(x, s[0]);
    digest(&index, sizeof index);
  }
}

#define ACTIVATIONS(KERNEL, NAMES, RUN, ...)         \
  {KERNEL, NAMES, RUN, {CK_SILU, __VA_ARGS__}},      \
    {KERNEL, NAMES, RUN, {CK_GELU, __VA_ARGS__}},    \
    {KERNEL, NAMES, RUN, {CK_GELU_TANH, __VA_ARGS__}}

const parity_case row_cases[] = {
  {"ck_rms_norm", "rows width bf16", rms_norm, {3, 576, 0}},
  {"ck_rms_norm", "rows width bf16", rms_norm, {3, 100, 0}},
  {"ck_rms_norm", "rows width bf16", rms_norm, {3, 100, 1}},
  {"ck_layer_norm", "rows width bf16 bias", layer_norm, {3, 576, 0, 1}},
  {"ck_layer_norm", "rows width bf16 bias", layer_norm, {3, 100, 0, 0}},
  {"ck_layer_norm", "rows width bf16 bias", layer_norm, {3, 100, 1, 1}},
  {"ck_head_norm", "rows heads d_head", head_norm, {3, 4, 64}},
  {"ck_head_norm", "rows heads d_head", head_norm, {3, 2, 20}},
  {"ck_rope", "rows heads d_head half", rope, {5, 3, 64, 32}},
  {"ck_rope", "rows heads d_head half", rope, {5, 3, 80, 20}},
  ACTIVATIONS("ck_gate", "activation rows width bf16", gate, 3, 256, 0),
  ACTIVATIONS("ck_gate", "activation rows width bf16", gate, 3, 100, 1),
  ACTIVATIONS("ck_activate", "activation n bf16 wild", activate, 2000, 0, 0),
  ACTIVATIONS("ck_activate", "activation n bf16 wild", activate, 999, 1, 0),
  ACTIVATIONS("ck_activate", "activation n bf16 wild", activate, 999, 0, 1),
  {"ck_softcap", "n wild", softcap, {1024, 0}},
  {"ck_softcap", "n wild", softcap, {999, 0}},
  {"ck_softcap", "n wild", softcap, {15, 0}},
  {"ck_softcap", "n wild", softcap, {1024, 1}},
  {"ck_add", "n", add, {999}},
  {"ck_add_bias", "rows width", add_bias, {3, 100}},
  {"ck_add_scaled", "n", add_scaled, {999}},
  {"ck_add_scaled_double", "n", add_scaled_double, {999}},
  {"ck_project_out", "n", project_out, {576}},
  {"ck_project_out", "n", project_out, {999}},
  {"ck_scale", "n", scale, {999}},
  {"ck_argmax", "n", argmax, {999}},
  {"ck_argmax", "n", argmax, {7}},
  {"ck_exp_sum", "n", exp_sum, {1024}},
  {"ck_exp_sum", "n", exp_sum, {999}},
  {"ck_exp_sum", "n", exp_sum, {15}},
  {"ck_convert", "n bf16", convert, {999, 0}},
  {"ck_convert", "n bf16", convert, {999, 1}},
  {"ck_round_to_bf16", "n", round_to_bf16, {999}},
  {"ck_convert_to_f16", "n", convert_to_f16, {999}},
  {"ck_round_to_f16", "n", round_to_f16, {999}},
  {"ck_first_non_finite", "n", first_non_finite, {3000}},
  {NULL},
};
