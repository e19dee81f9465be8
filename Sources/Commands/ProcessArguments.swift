import CSupport

/// The arguments that this process was started with, without the program's name.
struct ProcessArguments: RandomAccessCollection {
  private let vector = qkd_arguments() ?? CommandLine.unsafeArgv
  let startIndex = 0
  let endIndex: Int

  init() {
    var count = 0
    while vector[count] != nil { count += 1 }
    endIndex = Swift.max(0, count - 1)
  }

  subscript(position: Int) -> String {
    guard let argument = vector[position + 1] else { preconditionFailure("no argument \(position)") }
    return String(cString: argument)
  }
}
