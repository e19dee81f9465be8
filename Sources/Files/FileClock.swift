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
}
