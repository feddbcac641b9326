import ActivationStore

/// Datasets by their schemas: one that is missing, of another kind or of another shape is an error that
/// names it.
extension ResultFields {
  package func has(_ schema: DatasetSchema) -> Bool { has(schema.name) }

  package func texts(
    _ schema: DatasetSchema, _ sizes: AxisSizes? = nil
  ) throws(StoreError) -> [String] {
    try texts(schema.name, shape: sizes?.shape(of: schema))
  }

  package func integers(
    _ schema: DatasetSchema, _ sizes: AxisSizes? = nil
  ) throws(StoreError) -> [Int] {
    try integers(schema.name, shape: sizes?.shape(of: schema))
  }

  package func truths(
    _ schema: DatasetSchema, _ sizes: AxisSizes? = nil
  ) throws(StoreError) -> [Bool] {
    try truths(schema.name, shape: sizes?.shape(of: schema))
  }

  /// Finite numbers, unless NaN stands for what is not known.
  package func doubles(
    _ schema: DatasetSchema, _ sizes: AxisSizes, finite: Bool = true
  ) throws(StoreError) -> [Double] {
    try doubles(schema.name, shape: sizes.shape(of: schema), finite: finite)
  }
}
