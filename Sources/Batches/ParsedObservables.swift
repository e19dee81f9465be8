import Models

/// - Throws: `SessionError.setting` with what was expected where.
package func parseObservables(
  _ texts: [String], qubits: Int, task: ModelTask = .classification
) throws(SessionError) -> [Observable] {
  let result = try parse(texts, of: "model.observables", qubits: qubits)
  if !(task.fewestOutputs...Model.largestLogitCount).contains(result.count) {
    throw .setting(
      name: "model.observables", given: "\(result.count)",
      allowed: "\(task.fewestOutputs) to \(Model.largestLogitCount) observables, one a class or number")
  }
  let bytes = result.map(\.text).joined(separator: "; ").utf8.count
  if bytes > Model.largestObservableBytes {
    throw .setting(
      name: "model.observables", given: "\(bytes) bytes",
      allowed: "at most \(Model.largestObservableBytes) bytes, as a model's file has room for")
  }
  return result
}

/// Of `distillation.hints`.
/// - Throws: `SessionError.setting` with what was expected where.
package func parseHints(_ texts: [String], qubits: Int) throws(SessionError) -> [Observable] {
  try parse(texts, of: "distillation.hints", qubits: qubits)
}

private func parse(_ texts: [String], of setting: String, qubits: Int) throws(SessionError) -> [Observable] {
  var result: [Observable] = []
  for text in texts {
    do { result.append(try Observable(text)) } catch {
      throw .setting(
        name: setting, given: text, allowed: "\(error.expected) at character \(error.character)")
    }
    if result.last!.highestQubit >= qubits {
      throw .setting(name: setting, given: text, allowed: "qubits 0 to \(qubits - 1)")
    }
  }
  return result
}
