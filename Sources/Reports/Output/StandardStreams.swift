import CSupport
import Files
import Glibc

/// The three descriptors that every process is born with.
package enum StandardStreams {
  /// Makes sure that writing to a reader who left, or beyond the largest file that is allowed, is an error, not the end
  /// of the process, and that no file of ours ever gets the number of a standard descriptor that somebody closed: what
  /// is written there must not end in a model. The stand-ins refuse the use that their numbers promise, so that output
  /// that goes nowhere is an error.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is this one, because those below are open by now.
      _ = open("/dev/null", mode)
    }
  }

  /// - Throws: `CommandError.output` when not every byte could be handed over; `.stopped` where a signal ended the wait
  ///   for a reader.
  package static func writeResult(_ text: String) throws(CommandError) {
    guard let error = write(text, to: STDOUT_FILENO) else { return }
    let signal = qkd_stop_requested()
    throw error == EINTR && signal != 0 ? .session(.stopped(signal: signal, kept: nil)) : .output(errno: error)
  }

  /// Messages; there is nobody to tell when these fail.
  package static func writeMessage(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  package static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  package static var isResultTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// The width to which results are laid out: a terminal's, else 80.
  package static var resultColumns: Int {
    let columns = isResultTerminal ? Int(qkd_terminal_columns(STDOUT_FILENO)) : 0
    return columns > 0 ? columns : 80
  }

  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        if qkd_wait_for_output(descriptor) == 0 { return EINTR }
        // No more than what a pipe takes without waiting once it takes anything.
        let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 4096))
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR && errno != EAGAIN {
          return errno
        }
      }
      return nil
    }
  }
}

/// `SIGTERM` for 15.
package func signalName(_ number: Int32) -> String {
  switch number {
  case SIGTERM: "SIGTERM"
  case SIGINT: "SIGINT"
  case SIGHUP: "SIGHUP"
  default: "signal \(number)"
  }
}

/// The system's words for an error number.
package func systemText(_ errno: Int32) -> String { String(cString: strerror(errno)) }
