// Prints a line for each kernel and shape: the kernel, its sizes, `pairs` or `-`, a digest (FNV-1a).
//
//   parity            with the family that WORKBENCH_ISA names
//   parity families   the families that this machine has
#include "parity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ROOMS 256
#define FNV_BASIS 0xCBF29CE484222325u
#define FNV_PRIME 0x100000001B3u

static uint64_t random_state, digest_state;
static void *rooms[MOST_ROOMS];
static size_t room_count;

static uint64_t fnv(uint64_t state, const void *bytes, size_t count) {
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < count; i++) state = (state ^ byte[i]) * FNV_PRIME;
  return state;
}

uint64_t next_random(void) {
  uint64_t z = random_state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void *room(size_t bytes) {
  if (room_count == MOST_ROOMS) abort();
  void *memory = malloc(bytes + 1);
  if (memory == NULL) abort();
  rooms[room_count++] = memory;
  return memset(memory, 0xFF, bytes);
}

double *doubles(size_t n, double scale) {
  double *x = room(n * sizeof *x);
  // 52 random bits and one for the sign: exact, so the same wherever this is compiled.
  for (size_t i = 0; i < n; i++)
    x[i] = scale * (((double)(next_random() >> 11) - 0x1p52) * 0x1p-52);
  return x;
}

float *floats(size_t n, float scale) {
  float *x = room(n * sizeof *x);
  for (size_t i = 0; i < n; i++)
    x[i] = scale * (((float)(next_random() >> 40) - 0x1p23f) * 0x1p-23f);
  return x;
}

float *wild_floats(size_t n, float scale) {
  static const float wild[] = {0, -0.0f, INFINITY, -INFINITY, NAN, 1e-40f, -1e-45f, 3.4e38f,
                               -3.4e38f, 65504, 65520, -65519, 6e-8f, 2.9e-8f, -1e-7f, 88.5f,
                               -87.5f, 104, -104, 1e-30f, 0x1.01p0f, 0x1.03p0f, 0x1.002p0f};
  float *x = floats(n, scale);
  for (size_t i = 0; i < n; i += 1 + next_random() % 5)
    x[i] = wild[next_random() % (sizeof wild / sizeof *wild)];
  return x;
}

void digest(const void *bytes, size_t count) { digest_state = fnv(digest_state, bytes, count); }

void digest_floats(const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float number = isnan(x[i]) ? (float)NAN : x[i];
    digest(&number, sizeof number);
  }
}

void digest_numbers(const void *x, size_t n, bool is_bf16) {
  if (!is_bf16) {
    digest_floats(x, n);
    return;
  }
  const uint16_t *bits = x;
  for (size_t i = 0; i < n; i++) {
    const uint16_t number = (bits[i] & 0x7FFF) > 0x7F80 ? 0x7FC0 : bits[i];
    digest(&number, sizeof number);
  }
}

static void run(const parity_case *one) {
  random_state = fnv(FNV_BASIS, one->kernel, strlen(one->kernel));
  digest_state = FNV_BASIS;
  one->run(one->sizes);
  printf("%s\t", one->kernel);
  const char *name = one->names;
  for (size_t i = 0; *name != 0; i++) {
    const size_t length = strcspn(name, " ");
    printf("%s%.*s %zu", i == 0 ? "" : ", ", (int)length, name, one->sizes[i]);
    name += length + (name[length] == ' ');
  }
  printf("\t%s\t%016llx\n", one->uses_pairs ? "pairs" : "-", (unsigned long long)digest_state);
  while (room_count > 0) free(rooms[--room_count]);
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "families") == 0) {
    for (int i = 0; i < CK_FAMILIES; i++)
      if (ck_has_family((ck_family)i)) puts(ck_family_name((ck_family)i));
    return 0;
  }
  const parity_case *const tables[] = {row_cases, product_cases, attention_cases, tsne_cases,
                                       screen_cases};
  printf("family\t%s\n", ck_family_name(ck_family_in_use()));
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (const parity_case *one = tables[i]; one->kernel != NULL; one++) run(one);
  return 0;
}
