#include "family.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

const char *ck_family_name(ck_family family) {
  switch (family) {
    case CK_NEON: return "neon";
    case CK_AVX2: return "avx2";
    case CK_AVX512: return "avx512";
    case CK_AVX512_BF16: return "avx512-bf16";
    case CK_AMX_BF16: return "amx-bf16";
  }
  return "";
}

#if defined(__x86_64__)

static bool has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c") && __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

/// Whether there are tiles, and the system lets this process have their state.
static bool has_amx(void) {
#if defined(__linux__)
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  unsigned int a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 22 & 1) == 0 || (d >> 24 & 1) == 0)
    return false;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return false;
#endif
}

bool ck_has_family(ck_family family) {
  switch (family) {
    case CK_NEON: return false;
    case CK_AVX2: return has_avx2();
    case CK_AVX512: return has_avx512();
    case CK_AVX512_BF16: return has_avx512() && __builtin_cpu_supports("avx512bf16");
    case CK_AMX_BF16: return ck_has_family(CK_AVX512_BF16) && has_amx();
  }
  return false;
}

#else

bool ck_has_family(ck_family family) { return family == CK_NEON; }

#endif

/// Intel's processors start a dot product of pairs every other cycle and two fused multiply-adds in
/// each (84 against 156 GFLOP/s a core, measured on Emerald Rapids), AMD's one in each.
static bool is_fast(ck_family family) {
#if defined(__x86_64__)
  return family != CK_AVX512_BF16 || __builtin_cpu_is("amd");
#else
  return true;
#endif
}

static ck_family chosen(void) {
  const char *name = getenv("WORKBENCH_ISA");
  ck_family latest = CK_NEON;
  for (int i = 0; i < CK_FAMILIES; i++) {
    const ck_family family = (ck_family)i;
    if (!ck_has_family(family)) continue;
    if (name != NULL && strcmp(name, ck_family_name(family)) == 0) return family;
    if (is_fast(family)) latest = family;
  }
  return latest;
}

static _Atomic int in_use = -1;

static _Thread_local int used_here = -1;

ck_family ck_family_in_use(void) {
  if (used_here >= 0) return (ck_family)used_here;
  int family = atomic_load_explicit(&in_use, memory_order_relaxed);
  if (family < 0) {
    family = (int)chosen();
    atomic_store_explicit(&in_use, family, memory_order_relaxed);
  }
  return (ck_family)family;
}

void ck_use_family(ck_family family) { used_here = (int)family; }
