import Checkpoints

/// Why a run of the engine could not be done.
public enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  case checkpoint(CheckpointError)
  case emptySequence(sequence: Int)
  case sequenceTooLong(sequence: Int, tokens: Int, limit: Int)
  case unknownToken(sequence: Int, token: Int32, vocabulary: Int)
  case noSuchPosition(sequence: Int, position: Int, tokens: Int)
  case noSuchLayer(HookPoint, nLayers: Int)
  case noResidMid(String)
  case notChangeable(HookPoint)
  case vectorOfOtherWidth(HookPoint, width: Int, dModel: Int)
  case unusableVector(HookPoint, problem: String)
  case noRoomForAnswer(sequence: Int, tokens: Int, limit: Int)
  case nonFinite(HookPoint, sequence: Int, position: Int)
  case budgetTooSmall(budget: Int, needed: Int)
  case noInstructionSet(String?, available: [InstructionSet])
  case outOfMemory(purpose: String, bytes: Int)
  case interrupted

  public var description: String {
    switch self {
    case .checkpoint(let error): error.description
    case .emptySequence(let sequence): "sequence \(sequence) has no tokens; remove it"
    case .sequenceTooLong(let sequence, let tokens, let limit):
      "sequence \(sequence) has \(tokens) tokens but the model's context holds \(limit); shorten it"
    case .unknownToken(let sequence, let token, let vocabulary):
      "sequence \(sequence) has the token id \(token), outside the model's vocabulary of "
        + "\(vocabulary); use the tokenizer of this model"
    case .noSuchPosition(let sequence, let position, let tokens):
      "sequence \(sequence) has no position \(position): it has \(tokens) tokens"
    case .noSuchLayer(let hook, let nLayers):
      "there is no hook point \(hook): the model's blocks are 0 to \(nLayers - 1)"
    case .noResidMid(let architecture):
      "\(architecture) runs attention and MLP side by side, so it has no resid_mid; "
        + "ask for attn_out and mlp_out"
    case .notChangeable(let hook):
      "\(hook) can be read but not changed; change the residual stream before it, such as "
        + "resid_post of the last block"
    case .vectorOfOtherWidth(let hook, let width, let dModel):
      "the vector for \(hook) has \(width) numbers but the model's rows have \(dModel); "
        + "use a vector of this model"
    case .unusableVector(let hook, let problem):
      "the intervention at \(hook) \(problem); correct it"
    case .noRoomForAnswer(let sequence, let tokens, let limit):
      "sequence \(sequence) fills the model's context of \(limit) with its \(tokens) tokens and "
        + "leaves no room for an answer; shorten it"
    case .nonFinite(let hook, let sequence, let position):
      "\(hook) is NaN or infinite for sequence \(sequence) at token position \(position); "
        + "try --precision f32, or verify the weights"
    case .budgetTooSmall(_, let needed):
      "the memory budget is too small for the largest prompt alone; "
        + "give --memory-budget \((needed >> 20) + 1)M or more"
    case .noInstructionSet(_, let available) where available.isEmpty:
      "this processor lacks AVX2, FMA or F16C (x86-64-v3), which the workbench needs; "
        + "use a newer machine"
    case .noInstructionSet(let named, let available):
      "\(InstructionSet.variable) is \"\(named ?? "")\", which this machine does not have; "
        + "unset it, or give \(available.map(\.rawValue).joined(separator: ", "))"
    case .outOfMemory(let purpose, let bytes):
      "there is no memory for \(purpose) (\((bytes >> 20) + 1) MiB); lower --memory-budget"
    case .interrupted: "interrupted"
    }
  }
}
