import Files
import Glibc

/// Variables of an environment; the first of two with the same name counts.
public struct Environment: Sendable, ExpressibleByDictionaryLiteral {
  private(set) var variables: [String: String]

  public init(dictionaryLiteral elements: (String, String)...) {
    variables = Dictionary(elements) { first, _ in first }
  }

  /// Those of this process.
  public static func ofThisProcess() -> Environment {
    var result: Environment = [:]
    var entry = environ
    while let variable = entry.pointee {
      entry += 1
      guard let equals = strchr(variable, Int32(UInt8(ascii: "="))) else { continue }
      let name = UnsafeRawBufferPointer(start: variable, count: UnsafePointer(equals) - UnsafePointer(variable))
      let key = String(decoding: name, as: UTF8.self)
      if result[key] == nil {
        result.variables[key] = String(path: UnsafeRawBufferPointer(start: equals + 1, count: strlen(equals + 1)))
      }
    }
    return result
  }

  public subscript(name: String) -> String? { variables[name] }
}
