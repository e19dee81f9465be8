import CSupport

/// Where progress goes: a bar on a terminal, nothing otherwise; and to the service manager, where one listens
/// (`qkd_notify_begin`). Updating allocates nothing.
public struct Progress: Sendable {
  /// A terminal's descriptor, or −1 for nowhere.
  public let descriptor: Int32

  public init(descriptor: Int32) { self.descriptor = descriptor }

  public static let none = Progress(descriptor: -1)

  /// Draws the bar: a step's name (a static string), how far it is, and a number that people watch.
  package func update(_ name: StaticString, done: Int, of total: Int, value: Double = .nan) {
    name.withUTF8Buffer {
      qkd_notify_status($0.baseAddress, Int32($0.count), Int64(done), Int64(total))
      if descriptor < 0 { return }
      qkd_progress(descriptor, $0.baseAddress, Int32($0.count), Int64(done), Int64(total), value)
    }
  }

  /// Tells the service manager that the run lives, where there is nothing to show.
  package static func live() { qkd_notify_alive() }

  /// Removes the bar.
  public func clear() {
    if descriptor >= 0 { qkd_progress_clear(descriptor) }
  }
}
