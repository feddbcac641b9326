// Every kernel on seeded inputs, and a digest of what it wrote: equal wherever the bits are.
//
// A new kernel needs a function that makes inputs from `sizes`, calls it, and digests the outputs,
// and a line for each shape in one of the tables below.
#ifndef WORKBENCH_PARITY_H
#define WORKBENCH_PARITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

#define MOST_SIZES 8

typedef struct {
  const char *kernel;
  /// What `sizes` are, separated by spaces.
  const char *names;
  void (*run)(const size_t *sizes);
  size_t sizes[MOST_SIZES];
  /// Whether dot products of bfloat16 pairs, where a family has them, give other bits.
  bool uses_pairs;
} parity_case;

/// Each ends with a case that has no kernel.
extern const parity_case row_cases[], product_cases[], attention_cases[], tsne_cases[],
  screen_cases[];

/// The next random number of this case: splitmix64, seeded by the kernel's name.
uint64_t next_random(void);

/// Memory until the end of the case, filled with ones: as floats, with NaN.
void *room(size_t bytes);

/// Random numbers in [-scale, scale).
float *floats(size_t n, float scale);
double *doubles(size_t n, double scale);

/// The same numbers with zeros, tiny and huge numbers, infinities and NaN strewn among them.
float *wild_floats(size_t n, float scale);

/// Adds bytes to the digest of this case.
void digest(const void *bytes, size_t count);

/// Adds numbers, where one NaN is as good as another: processors make different ones.
void digest_floats(const float *x, size_t n);

/// Adds what a kernel wrote as float32 or as bfloat16.
void digest_numbers(const void *x, size_t n, bool is_bf16);

#endif
