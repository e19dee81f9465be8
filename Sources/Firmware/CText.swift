import Files

/// Pieces of C.
enum CText {
  /// In single precision.
  static func number(_ value: Double) -> String {
    let text = JSON.numberText(Double("\(Float(value))") ?? 0)
    return (text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? text : text + ".0") + "f"
  }

  static func table(_ name: String, _ values: [Double]) -> String {
    table("float", name, values.map(number))
  }

  static func table(_ name: String, _ values: [UInt8]) -> String {
    table("unsigned char", name, values.map { "\($0)" })
  }

  private static func table(_ type: String, _ name: String, _ values: [String]) -> String {
    var lines = [" "]
    for value in values {
      let text = " \(value),"
      if lines[lines.count - 1].utf8.count + text.utf8.count > 100 { lines.append(" ") }
      lines[lines.count - 1] += text
    }
    return "static const \(type) IN_FLASH \(name)[\(values.count)] = {\n" + lines.joined(separator: "\n") + "\n};"
  }

  static let head = """
    /* Constants stay in flash, where others are copied into RAM. */
    #if defined(__AVR__)
    #include <avr/pgmspace.h>
    #define IN_FLASH PROGMEM
    #define READ(place) pgm_read_float(place)
    #define READ_BYTE(place) pgm_read_byte(place)
    #else
    #define IN_FLASH
    #define READ(place) (*(place))
    #define READ_BYTE(place) (*(place))
    #endif
    """
}
