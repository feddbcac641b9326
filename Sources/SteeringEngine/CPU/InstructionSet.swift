import CKernels
import Foundation

/// A family of instruction sets; every kernel of the engine is compiled for each of its kind of
/// processor.
///
/// In f32 all families give the same bits. In bf16 so do all but ``avx512BF16`` and ``amxBF16``, which
/// add up pairs of products at once, each in its own order.
public enum InstructionSet: String, CaseIterable, Sendable, CustomStringConvertible {
  /// 64-bit ARM.
  case neon
  /// x86-64-v3: AVX2, FMA and F16C.
  case avx2
  /// x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
  case avx512
  /// AVX-512 with dot products of bfloat16 pairs.
  case avx512BF16 = "avx512-bf16"
  /// The same with products of tiles of bfloat16 pairs (AMX).
  case amxBF16 = "amx-bf16"

  /// The environment variable that names the family to use.
  public static let variable = "WORKBENCH_ISA"

  public var description: String { rawValue }

  /// The families that this machine has, ascending.
  public static var available: [InstructionSet] { allCases.filter { ck_has_family($0.family) } }

  /// The family that runs use: the one that ``variable`` names, else the machine's fastest.
  ///
  /// - Throws: ``EngineError/noInstructionSet(_:available:)`` where the machine lacks the named one,
  ///   or any.
  public static func inUse() throws(EngineError) -> InstructionSet {
    let (named, available) = (ProcessInfo.processInfo.environment[variable], available)
    let inUse = ck_family_in_use()
    guard let found = available.first(where: { $0.family == inUse }),
      named == nil || named == found.rawValue
    else { throw .noInstructionSet(named, available: available) }
    return found
  }

  var family: ck_family {
    switch self {
    case .neon: CK_NEON
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    case .avx512BF16: CK_AVX512_BF16
    case .amxBF16: CK_AMX_BF16
    }
  }
}
