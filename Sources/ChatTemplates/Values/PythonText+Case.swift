extension PythonText {
  /// `str.upper`.
  var uppercased: PythonText {
    PythonText(scalars.flatMap { Array($0.properties.uppercaseMapping.unicodeScalars) })
  }

  /// `str.lower`, final sigma included.
  var lowercased: PythonText {
    PythonText(scalars.indices.flatMap { lowercase(at: $0) })
  }

  /// `str.capitalize`.
  var capitalized: PythonText {
    PythonText(scalars.indices.flatMap { $0 == 0 ? titlecase(at: $0) : lowercase(at: $0) })
  }

  /// `str.title`: every run of cased scalars starts with a titlecase one.
  var titlecased: PythonText {
    var result: [Unicode.Scalar] = []
    var previousIsCased = false
    for index in scalars.indices {
      result += previousIsCased ? lowercase(at: index) : titlecase(at: index)
      previousIsCased = scalars[index].properties.isCased
    }
    return PythonText(result)
  }

  /// `str.swapcase`.
  var caseSwapped: PythonText {
    PythonText(
      scalars.indices.flatMap { index in
        let properties = scalars[index].properties
        if properties.isUppercase { return lowercase(at: index) }
        if properties.isLowercase { return Array(properties.uppercaseMapping.unicodeScalars) }
        return [scalars[index]]
      })
  }

  /// `str.isupper`: there is a cased scalar and none is lowercase or titlecase.
  var isUppercase: Bool {
    isCased {
      $0.isLowercase || $0.generalCategory == .titlecaseLetter
    } and: {
      $0.isUppercase
    }
  }

  /// `str.islower`: there is a cased scalar and none is uppercase or titlecase.
  var isLowercase: Bool {
    isCased {
      $0.isUppercase || $0.generalCategory == .titlecaseLetter
    } and: {
      $0.isLowercase
    }
  }

  private func isCased(
    without isForbidden: (Unicode.Scalar.Properties) -> Bool,
    and isWanted: (Unicode.Scalar.Properties) -> Bool
  ) -> Bool {
    var found = false
    for scalar in scalars {
      if isForbidden(scalar.properties) { return false }
      found = found || isWanted(scalar.properties)
    }
    return found
  }

  private func titlecase(at index: Int) -> [Unicode.Scalar] {
    Array(scalars[index].properties.titlecaseMapping.unicodeScalars)
  }

  private func lowercase(at index: Int) -> [Unicode.Scalar] {
    guard scalars[index].value == 0x3A3 else {
      return Array(scalars[index].properties.lowercaseMapping.unicodeScalars)
    }
    return isFinalSigma(at: index) ? ["\u{3C2}"] : ["\u{3C3}"]
  }

  /// Unicode's Final_Sigma condition, which Python applies.
  private func isFinalSigma(at index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}
