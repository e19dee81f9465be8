/// The arguments that this process was started with, without the program's name.
struct ProcessArguments: RandomAccessCollection {
  let startIndex = 0
  let endIndex = Swift.max(0, Int(CommandLine.argc) - 1)

  subscript(position: Int) -> String {
    precondition(indices.contains(position))
    return String(cString: CommandLine.unsafeArgv[position + 1]!)
  }
}
