// What the machine could do at most: fused multiply-adds in registers, and reading memory.
//
//   peak THREADS    prints GFLOP/s and GB/s of all threads together, the best of a few rounds
//
// Compiled for one family of instruction sets with LANES floats to a vector and CHAINS sums at once,
// more than the latency of a multiply-add times its units.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5
#define STEPS 20000000
// Bytes that each thread reads: far more than caches hold.
#define BYTES ((size_t)1 << 29)

typedef float vector __attribute__((vector_size(4 * LANES)));

static pthread_barrier_t barrier;
static double fma_seconds[ROUNDS], read_seconds[ROUNDS];
static volatile float sink;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static float multiply_adds(float factor) {
  vector sums[CHAINS], total = {0};
  const vector x = (vector){0} + factor;
  for (int c = 0; c < CHAINS; c++) sums[c] = (vector){0} + (float)c;
  for (int i = 0; i < STEPS / CHAINS; i++) {
#pragma clang loop unroll(full)
    for (int c = 0; c < CHAINS; c++) sums[c] = __builtin_elementwise_fma(sums[c], x, x);
  }
  for (int c = 0; c < CHAINS; c++) total += sums[c];
  return total[0];
}

static float read_all(const vector *data) {
  vector sums[8] = {0}, total = {0};
  for (size_t i = 0; i < BYTES / sizeof *data; i += 8)
    for (size_t c = 0; c < 8; c++) sums[c] += data[i + c];
  for (int c = 0; c < 8; c++) total += sums[c];
  return total[0];
}

/// Times rounds that all threads begin and end together; the first thread keeps the clock.
static void *measure(void *is_first) {
  vector *data = aligned_alloc(64, BYTES);
  if (data == NULL) abort();
  memset(data, 0, BYTES);
  for (int round = 0; round < ROUNDS; round++) {
    pthread_barrier_wait(&barrier);
    const double start = now();
    sink = multiply_adds(0.5f);
    pthread_barrier_wait(&barrier);
    const double middle = now();
    sink = read_all(data);
    pthread_barrier_wait(&barrier);
    if (is_first == NULL) continue;
    fma_seconds[round] = middle - start;
    read_seconds[round] = now() - middle;
  }
  free(data);
  return NULL;
}

static double least(const double *seconds) {
  double best = seconds[0];
  for (int i = 1; i < ROUNDS; i++) best = seconds[i] < best ? seconds[i] : best;
  return best;
}

int main(int count, char **arguments) {
  const int threads = count == 2 ? atoi(arguments[1]) : 0;
  if (threads < 1 || threads > 1024) {
    fputs("usage: peak THREADS\n", stderr);
    return 64;
  }
  pthread_t others[1024];
  pthread_barrier_init(&barrier, NULL, (unsigned)threads);
  for (int i = 1; i < threads; i++)
    if (pthread_create(&others[i], NULL, measure, NULL) != 0) abort();
  measure(&barrier);
  for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
  const double steps = (double)(STEPS / CHAINS) * CHAINS;
  printf("%.3f %.3f\n", 2e-9 * steps * LANES * threads / least(fma_seconds),
         1e-9 * (double)BYTES * threads / least(read_seconds));
  return 0;
}
