import CSupport

/// Where progress goes: a bar on a terminal, nothing otherwise. Updating allocates nothing.
public struct Progress: Sendable {
  /// A terminal's descriptor, or −1 for nowhere.
  public let descriptor: Int32

  public init(descriptor: Int32) { self.descriptor = descriptor }

  public static let none = Progress(descriptor: -1)

  /// Draws the bar: a step's name (a static string), how far it is, and a number that people watch.
  package func update(_ name: StaticString, done: Int, of total: Int, value: Double = .nan) {
    if descriptor < 0 { return }
    name.withUTF8Buffer {
      qkd_progress(descriptor, $0.baseAddress, Int32($0.count), Int64(done), Int64(total), value)
    }
  }

  /// Removes the bar.
  public func clear() {
    if descriptor >= 0 { qkd_progress_clear(descriptor) }
  }
}
