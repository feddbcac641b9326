import CKernels
import CPeak
import SteeringEngine

/// What all threads together could do at most, by loops that do nothing else: the best sample.
struct Peak: Encodable, Sendable {
  /// Steps of multiply-adds of a call.
  private static let steps = 10_000 * Int(PEAK_ADD_STEPS)
  /// What the bytes that a thread reads are a multiple of.
  private static let page = 4096

  /// GFLOP/s of fused multiply-adds in float32, with the vectors of the family.
  let multiplyAdds: Double
  /// GB/s of reading memory.
  let reading: Double

  init(_ team: Team) throws {
    let vector = team.instructionSet.vectorFloats
    let adding = team.measure { _ in _ = peak_multiply_adds(vector, Self.steps) }
    let operations = 2 * Double(team.threads * Self.steps) * Double(PEAK_STEP)
    multiplyAdds = 1e-9 * operations / adding.min

    let part = LargeMemory.coldBytes / team.threads / Self.page * Self.page
    let memory = try LargeMemory(byteCount: part * team.threads)
    // Pages that were never written to would all be read from one.
    memory.base.initializeMemory(as: UInt8.self, repeating: 1, count: memory.byteCount)
    let reading = team.measure { lane in
      let numbers = (memory.base + lane * part).assumingMemoryBound(to: Float.self)
      _ = peak_sum(vector, numbers, part / 4 / Int(PEAK_STEP))
    }
    self.reading = 1e-9 * Double(memory.byteCount) / reading.min
  }
}

extension InstructionSet {
  /// The number that kernels know the family by.
  var code: ck_family {
    switch self {
    case .neon: CK_NEON
    case .avx2: CK_AVX2
    case .avx512: CK_AVX512
    case .avx512BF16: CK_AVX512_BF16
    case .amxBF16: CK_AMX_BF16
    }
  }

  /// Floats of a vector.
  var vectorFloats: Int {
    switch self {
    case .neon: 4
    case .avx2: 8
    case .avx512, .avx512BF16, .amxBF16: 16
    }
  }
}
