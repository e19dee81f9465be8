#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Variables of an environment; the first of two with the same name counts.
public struct Environment: Sendable {
  private(set) var variables: [Variable] = []

  struct Variable {
    let name: String
    let value: String
  }

  /// Those of this process that the program may read.
  static func ofThisProcess() -> Environment {
    var result = Environment()
    var entry = environ
    while let variable = entry.pointee {
      entry += 1
      let isOurs = strncmp(variable, "QKD_", 4) == 0 || strncmp(variable, "XDG_", 4) == 0
      guard isOurs || strncmp(variable, "HOME=", 5) == 0, let equals = strchr(variable, Int32(UInt8(ascii: "=")))
      else { continue }
      let name = UnsafeRawBufferPointer(start: variable, count: UnsafePointer(equals) - UnsafePointer(variable))
      result.add(String(decoding: name, as: UTF8.self), String(cString: equals + 1))
    }
    return result
  }

  private mutating func add(_ name: String, _ value: String) {
    if self[name] == nil { variables.append(Variable(name: name, value: value)) }
  }

  subscript(name: String) -> String? { variables.first { $0.name == name }?.value }
}

extension Environment: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }
}
