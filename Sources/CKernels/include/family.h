// Families of instruction sets: every kernel is compiled once for each, and one is in use.
//
// In float32 all families give the same bits: sums run in one order, fused multiply-adds are
// written out, and nothing is left for a compiler to contract. In bfloat16 products the families
// with dot products of bfloat16 pairs, and that with tiles of them, have bits of their own.
#ifndef WORKBENCH_FAMILY_H
#define WORKBENCH_FAMILY_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Ascending: a later family has what the earlier ones on the same kind of processor have.
typedef enum {
  /// 64-bit ARM: what the compiler makes of plain vectors.
  CK_NEON,
  /// x86-64-v3: AVX2, FMA, F16C.
  CK_AVX2,
  /// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
  CK_AVX512,
  /// The same with dot products of bfloat16 pairs.
  CK_AVX512_BF16,
  /// The same with products of tiles of bfloat16 pairs, AMX.
  CK_AMX_BF16,
} ck_family;

#define CK_FAMILIES 5

/// The name that WORKBENCH_ISA knows a family by, such as `avx2`.
const char *ck_family_name(ck_family family);

/// Whether this machine has the instructions of a family.
bool ck_has_family(ck_family family);

/// The family that kernels run with: what WORKBENCH_ISA names when the machine has it, else the
/// latest that is fast there.
ck_family ck_family_in_use(void);

/// Lets kernels that this thread calls run with a family that the machine has, from now on.
void ck_use_family(ck_family family);

#ifdef __cplusplus
}
#endif
#endif
