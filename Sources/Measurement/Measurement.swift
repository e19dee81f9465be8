import Models

/// How a model's observables are measured: which strings come from the same shots, and what an outcome is worth to each
/// logit.
///
/// Strings of Z alone share one setting, that of no rotation. Of the others each joins the first setting that has the
/// same letters on the qubits that both have. S shots are S of every setting.
package struct Measurement: Sendable {
  /// Qubits that are measured together, each after the rotation that its letter asks for.
  package struct Setting: Sendable {
    /// Ascending; qubit i's outcome is bit i of an outcome.
    package fileprivate(set) var letters: [(qubit: Int, pauli: Character)]
    /// `[logit][outcome]`: the value of the logit's strings that are measured here.
    package fileprivate(set) var values: [[Double]] = []

    package var outcomes: Int { 1 << letters.count }

    fileprivate func agrees(_ term: Observable.Term) -> Bool {
      !term.factors.contains { factor in
        letters.contains { $0.qubit == factor.qubit && $0.pauli != factor.pauli }
      }
    }

    fileprivate mutating func join(_ term: Observable.Term) {
      for factor in term.factors where !letters.contains(where: { $0.qubit == factor.qubit }) {
        letters.append((factor.qubit, factor.pauli))
      }
      letters.sort { $0.qubit < $1.qubit }
    }

    /// Which of the setting's qubits a string has.
    fileprivate func mask(_ term: Observable.Term) -> Int {
      term.factors.reduce(0) { mask, factor in
        mask | 1 << letters.firstIndex { $0.qubit == factor.qubit }!
      }
    }

    fileprivate func string(_ mask: Int, weight: Double = 1) -> Observable.Term {
      Observable.Term(weight: weight, factors: letters.indices.filter { mask >> $0 & 1 == 1 }.map { letters[$0] })
    }
  }

  /// More would be more than a thousand strings.
  package static let mostQubits = 10

  package let settings: [Setting]
  /// `[logit]`: multiples of the identity.
  package let constants: [Double]
  /// `[logit][term]`: its setting and its qubits there; nil of the identity.
  private let places: [[(setting: Int, mask: Int, weight: Double)?]]

  package init(_ observables: [Observable]) {
    var settings: [Setting] = []
    var isDiagonal: [Bool] = []
    func setting(_ term: Observable.Term) -> Int {
      let diagonal = term.factors.allSatisfy { $0.pauli == "Z" }
      let found = settings.indices.first { isDiagonal[$0] == diagonal && settings[$0].agrees(term) }
      if let found { return found }
      settings.append(Setting(letters: []))
      isDiagonal.append(diagonal)
      return settings.count - 1
    }
    let chosen = observables.map { observable in
      observable.terms.map { term -> Int? in
        if term.factors.isEmpty { return nil }
        let index = setting(term)
        settings[index].join(term)
        return index
      }
    }
    constants = observables.map { $0.terms.reduce(0) { $0 + ($1.factors.isEmpty ? $1.weight : 0) } }
    places = zip(observables, chosen).map { observable, indices in
      zip(observable.terms, indices).map { term, index in
        index.map { ($0, settings[$0].mask(term), term.weight) }
      }
    }
    for index in settings.indices where settings[index].letters.count <= Measurement.mostQubits {
      settings[index].values = places.map { terms in
        (0..<settings[index].outcomes).map { outcome in
          terms.reduce(0) { sum, place in
            guard let place, place.setting == index else { return sum }
            return sum + ((outcome & place.mask).nonzeroBitCount % 2 == 0 ? place.weight : -place.weight)
          }
        }
      }
    }
    self.settings = settings
  }

  /// The most qubits that a setting measures.
  package var widest: Int { settings.map(\.letters.count).max() ?? 0 }

  /// The observables that tell the probabilities of all outcomes: of each setting every string on its qubits, from the
  /// mask 1 on.
  /// - Precondition: `widest` ≤ `mostQubits`.
  package var strings: [Observable] {
    settings.flatMap { setting in
      (1..<setting.outcomes).map { Observable(terms: [setting.string($0)]) }
    }
  }

  /// ⟨A_i A_j⟩ of two logits, without their multiples of the identity, as a number and an observable; nil: nothing but
  /// the number.
  /// - Precondition: there is one setting.
  package func product(_ i: Int, _ j: Int) -> (constant: Double, rest: Observable?) {
    var weights: [Int: Double] = [:]
    for case let left? in places[i] {
      for case let right? in places[j] { weights[left.mask ^ right.mask, default: 0] += left.weight * right.weight }
    }
    let constant = weights.removeValue(forKey: 0) ?? 0
    let terms = weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
      settings[0].string($0.key, weight: $0.value)
    }
    return (constant, terms.isEmpty ? nil : Observable(terms: terms))
  }
}
