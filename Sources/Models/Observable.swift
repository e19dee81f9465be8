import Files
import Kernel

/// A weighted sum of Pauli strings, the observable behind one logit.
///
/// As text: terms joined by `+` or `-`; a term is an optional weight and Pauli matrices with their qubits, joined by
/// `*`, or a weight alone (a multiple of the identity): `Z0`, `0.5*Z0*Z1 - X2`, `Y3 + 1.5`. No qubit twice in a string,
/// no weight beyond `Model.largestWeight`.
public struct Observable: Sendable, Equatable {
  public struct Term: Sendable, Equatable {
    public let weight: Double
    /// X, Y or Z by qubit, qubits ascending.
    public let factors: [(qubit: Int, pauli: Character)]

    /// - Parameter factors: qubits ascending, none twice.
    package init(weight: Double, factors: [(qubit: Int, pauli: Character)]) {
      self.weight = weight
      self.factors = factors
    }

    public static func == (left: Term, right: Term) -> Bool {
      left.weight == right.weight
        && left.factors.elementsEqual(right.factors) { $0.qubit == $1.qubit && $0.pauli == $1.pauli }
    }
  }

  /// Why a text is no observable; characters count from 1.
  public struct ParseError: Error, Sendable, Equatable {
    public let character: Int
    public let expected: String
  }

  public let text: String
  public let terms: [Term]

  public init(_ text: String) throws(ParseError) {
    // Without the blanks at both ends, which a model file does not keep.
    let bytes = Array(text.utf8)
    let first = bytes.firstIndex { $0 != blank } ?? bytes.count
    let last = bytes.lastIndex { $0 != blank } ?? first - 1
    self.text = String(decoding: bytes[first..<last + 1], as: UTF8.self)
    var parser = Parser(bytes: bytes)
    terms = try parser.sum()
  }

  package init(terms: [Term]) {
    self.terms = terms
    text = terms.map { term in
      ([JSON.numberText(term.weight)] + term.factors.map { "\($0.pauli)\($0.qubit)" }).joined(separator: "*")
    }.joined(separator: " + ")
  }

  public static let largestQubit = 63

  /// The highest qubit that occurs, or −1.
  public var highestQubit: Int {
    var highest = -1
    for term in terms {
      for factor in term.factors { highest = max(highest, factor.qubit) }
    }
    return highest
  }

  /// The kernel's form, on the bits that the ansatz gives the qubits.
  /// - Precondition: `highestQubit < ansatz.qubits`.
  public func kernelTerms(_ ansatz: Ansatz, logit: Int) -> [PauliTerm] {
    terms.map { term in
      var (x, y, z): (UInt32, UInt32, UInt32) = (0, 0, 0)
      for factor in term.factors {
        let mask = UInt32(1) << UInt32(ansatz.bit(of: factor.qubit))
        switch factor.pauli {
        case "X": x |= mask
        case "Y": y |= mask
        default: z |= mask
        }
      }
      return PauliTerm(weight: term.weight, x: x, y: y, z: z, logit: logit)
    }
  }
}

private let blank = UInt8(ascii: " ")

/// Works on bytes: up to the first that is not understood, which is where a message points, each is a character.
private struct Parser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func peek() -> UInt8? {
    while position < bytes.count && bytes[position] == blank { position += 1 }
    return position < bytes.count ? bytes[position] : nil
  }

  private func fail(_ expected: String) -> Observable.ParseError {
    Observable.ParseError(character: position + 1, expected: expected)
  }

  mutating func sum() throws(Observable.ParseError) -> [Observable.Term] {
    var terms: [Observable.Term] = []
    var sign = 1.0
    if peek() == UInt8(ascii: "-") {
      sign = -1
      position += 1
    }
    while true {
      terms.append(try term(sign))
      guard let next = peek() else { return terms }
      guard next == UInt8(ascii: "+") || next == UInt8(ascii: "-") else { throw fail("'+', '-' or '*'") }
      sign = next == UInt8(ascii: "-") ? -1 : 1
      position += 1
    }
  }

  private mutating func term(_ sign: Double) throws(Observable.ParseError) -> Observable.Term {
    var weight = sign
    var factors: [(qubit: Int, pauli: Character)] = []
    while true {
      let start = position
      guard let next = peek() else { throw fail("a number or a Pauli matrix such as Z0") }
      if (UInt8(ascii: "X")...UInt8(ascii: "Z")).contains(next) {
        position += 1
        guard let qubit = integer(), qubit <= Observable.largestQubit else {
          throw fail("a qubit from 0 to \(Observable.largestQubit)")
        }
        if factors.contains(where: { $0.qubit == qubit }) {
          position = start
          throw fail("every qubit at most once in a string")
        }
        factors.append((qubit, Character(Unicode.Scalar(next))))
      } else if factors.isEmpty, weight.magnitude == 1, let number = number() {
        weight *= number
      } else {
        throw fail("a Pauli matrix such as Z0")
      }
      guard peek() == UInt8(ascii: "*") else { break }
      position += 1
    }
    return Observable.Term(weight: weight, factors: factors.sorted { $0.qubit < $1.qubit })
  }

  private func isDigit(_ index: Int) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) }

  private func isExponent(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: "e") || bytes[index] == UInt8(ascii: "E")
  }

  private func isSign(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
  }

  private mutating func integer() -> Int? {
    let start = position
    while position < bytes.count, isDigit(position) { position += 1 }
    return position - start <= 3 ? Int(String(decoding: bytes[start..<position], as: UTF8.self)) : nil
  }

  private mutating func number() -> Double? {
    let start = position
    while position < bytes.count,
      isDigit(position) || isExponent(position) || bytes[position] == UInt8(ascii: ".")
        || (isSign(position) && position > start && isExponent(position - 1))
    {
      position += 1
    }
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
      value.magnitude <= Model.largestWeight
    else {
      position = start
      return nil
    }
    return value
  }
}
