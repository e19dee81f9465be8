import Glibc

/// The clock by which the system notes when files change: it goes in ticks of some milliseconds.
public enum FileClock {
  /// Waits until a file that is written now is noted as later than a moment of the last ticks, nanoseconds since 1970.
  /// A moment that lies farther ahead is no wait's business.
  public static func wait(beyond moment: Int) {
    for _ in 0..<40 {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME_COARSE, &now)
      if Int(now.tv_sec) &* 1_000_000_000 &+ Int(now.tv_nsec) > moment { return }
      var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
      nanosleep(&pause, nil)
    }
  }

  /// Now, as a file that is written now would have it.
  public static var now: String? {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return text(seconds: Int(now.tv_sec))
  }

  /// A moment, in seconds since 1970, as RFC 3339 writes it, in UTC; nil outside the years 0 to 9999.
  static func text(seconds: Int) -> String? {
    var (moment, parts) = (time_t(seconds), tm())
    guard gmtime_r(&moment, &parts) != nil, (0...9999).contains(Int(parts.tm_year) + 1900) else { return nil }
    func digits(_ value: Int32, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: count - text.utf8.count) + text
    }
    return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1, 2) + "-" + digits(parts.tm_mday, 2) + "T"
      + digits(parts.tm_hour, 2) + ":" + digits(parts.tm_min, 2) + ":" + digits(parts.tm_sec, 2) + "Z"
  }
}
