import Batches
import Kernel
import Models

/// Looks for the conventions with which an array computes what is expected of it: all that a model file can say and the
/// array's shape allows, but for observables and task. Those that change the fewest stated ones come first, and where
/// some fit, nothing further away is tried. What is not stated costs nothing to vary.
public enum ConventionSearch {
  /// Rows on which all are compared; what fits there is compared on all.
  static let screenRows = 8
  /// Combinations that are run at most: nearly all that there are in the worst case, three equal extents.
  public static let mostCombinations = 20_000
  /// As `Proof.largestWork`, of a whole search: about a minute. Beyond it what is further away is not tried.
  static let largestWork = 1e11
  /// What preparing one takes besides, in the same unit.
  private static let fixedWork = 1e5
  /// Fits that are named.
  static let mostNamed = 4

  /// Conventions that are other than stated, or not stated.
  public struct Fit: Sendable, Equatable {
    /// In the order of `Convention`; `instead` is what was stated.
    public let changes: [Change]
    public let difference: Double
  }

  public struct Change: Sendable, Equatable {
    public let convention: Convention
    public let text: String
    public let instead: Statements.Statement?
  }

  public struct Outcome: Sendable, Equatable {
    /// At most `mostNamed`, and how many more there are.
    public let fits: [Fit]
    public let more: Int
    /// Where none fits, the one with the smallest difference; nil: the probe's rows suit none.
    public let nearest: Fit?
    /// Combinations that were run.
    public let tried: Int
    /// Whether all that there are were.
    public let isComplete: Bool
  }

  /// - Parameters:
  ///   - statements: those of the observables and the task among them.
  ///   - most: combinations that are run.
  /// - Throws: `ImportError.session` where the process is to stop.
  static func outcome(
    _ assembly: Assembly, _ statements: Statements, _ proof: Proof, most: Int, progress: Progress
  ) throws(ImportError) -> Outcome {
    let stated = statements.texts
    let dimensions = dimensions(assembly.source.shape, columns: proof.probe.columns, stated)
    let total = dimensions.reduce(1) { $0 * $1.count }
    let levels = (0..<total).map { changes(choice($0, dimensions), stated) }
    var (fits, nearest, tried, work, isComplete) = ([Fit](), Fit?.none, 0, 0.0, true)
    defer { progress.clear() }
    for level in 0...(levels.max() ?? 0) {
      for index in 0..<total where levels[index] == level {
        do { try checkStop() } catch { throw .session(error) }
        let texts = stated.merging(choice(index, dimensions)) { $1 }
        guard let model = try? assembly.model(texts) else { continue }
        if work > largestWork || tried == most { return outcome(fits, nearest, tried, isComplete: false) }
        let result: ProofResult
        switch try compared(model, proof) {
        case .result(let own): result = own
        case .otherRows: continue
        case .tooLarge:
          isComplete = false
          continue
        }
        work += fixedWork + Double(result.rows + 1) * Proof.work(model.ansatz)
        tried += 1
        progress.update("trying conventions", done: tried, of: total)
        let fit = Fit(changes: changes(texts, statements), difference: result.difference)
        if result.holds { fits.append(fit) }
        if result.difference < nearest?.difference ?? .infinity { nearest = fit }
      }
      if !fits.isEmpty { break }
    }
    return outcome(fits, nearest, tried, isComplete: isComplete)
  }

  private static func outcome(_ fits: [Fit], _ nearest: Fit?, _ tried: Int, isComplete: Bool) -> Outcome {
    Outcome(
      fits: Array(fits.prefix(mostNamed)), more: max(0, fits.count - mostNamed), nearest: fits.isEmpty ? nearest : nil,
      tried: tried, isComplete: isComplete)
  }

  private enum Comparison {
    case result(ProofResult)
    /// The model does not take the probe's rows.
    case otherRows
    /// It takes more memory than the proof may have.
    case tooLarge
  }

  private static func compared(_ model: Model, _ proof: Proof) throws(ImportError) -> Comparison {
    do throws(ImportError) {
      let screened = try proof.result(of: model, most: screenRows)
      return .result(screened.holds ? try proof.result(of: model) : screened)
    } catch {
      if error.isOfRows { return .otherRows }
      if case .overBudget = error { return .tooLarge }
      throw error
    }
  }

  /// One choice of each dimension.
  private static func choice(_ index: Int, _ dimensions: [[[Convention: String]]]) -> [Convention: String] {
    var (rest, result) = (index, [Convention: String]())
    for dimension in dimensions {
      result.merge(dimension[rest % dimension.count]) { $1 }
      rest /= dimension.count
    }
    return result
  }

  /// How many stated conventions a choice changes.
  private static func changes(_ choice: [Convention: String], _ stated: [Convention: String]) -> Int {
    choice.reduce(0) { $0 + (stated[$1.key] ?? $1.value == $1.value ? 0 : 1) }
  }

  private static func changes(_ texts: [Convention: String], _ statements: Statements) -> [Change] {
    Convention.allCases.compactMap { convention in
      guard let text = texts[convention], statements.values[convention]?.text != text else { return nil }
      return Change(convention: convention, text: text, instead: statements.values[convention])
    }
  }

  /// What can be chosen, independently of one another: how the array lies is one choice, each convention of the circuit
  /// another.
  private static func dimensions(
    _ shape: [Int], columns: Int, _ stated: [Convention: String]
  ) -> [[[Convention: String]]] {
    func values(_ convention: Convention, _ names: [String]) -> [[Convention: String]] {
      let others = names.filter { $0 != stated[convention] }
      return ((stated[convention].map { [$0] } ?? []) + others).map { [convention: $0] }
    }
    let encoders = [Encoder.state, .amplitude, .amplitudeUnnormalized, .phase, .angle, .basis].filter {
      $0.isProduct ? Ansatz.qubitRange.contains(columns) : columns.nonzeroBitCount == 1
    }
    return [
      layouts(shape, columns: columns), values(.rotation, RotationConvention.all.map(\.name)),
      values(.qubitOrder, QubitOrder.all.map(\.name)), values(.entangler, Entangler.all.map(\.name)),
      values(.entanglingGate, EntanglingGate.all.map(\.name)), values(.finalRotation, ["false", "true"]),
      values(.encoder, encoders.map(\.name)),
    ]
  }

  /// Axes and gates that fit the shape and the probe's rows.
  private static func layouts(_ shape: [Int], columns: Int) -> [[Convention: String]] {
    var result: [[Convention: String]] = []
    for axes in arrangements(shape.count) {
      let extents = Dictionary(uniqueKeysWithValues: zip(axes, shape))
      let (qubits, gates) = (extents[.qubit] ?? 1, extents[.gate] ?? 1)
      guard Ansatz.qubitRange.contains(qubits), columns == qubits || columns == 1 << qubits,
        (1...Gate.most).contains(gates)
      else { continue }
      result += Gate.sequences(gates).map { [.axes: Axis.text(axes), .gates: Gate.text($0)] }
    }
    return result
  }

  /// All lists of so many different axes.
  private static func arrangements(_ count: Int) -> [[Axis]] {
    if count == 0 { return [[]] }
    return arrangements(count - 1).flatMap { head in
      Axis.allCases.filter { !head.contains($0) }.map { head + [$0] }
    }
  }
}
