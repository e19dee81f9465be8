import Files

/// Behind the path of a report that was written: what draws it, where that came with the program. It stands beside one
/// that is installed, and in the checkout around a build.
package var writtenNote: String {
  var folder = fullPath("/proc/self/exe")[...]
  while let slash = folder.lastIndex(of: "/") {
    folder = folder[..<slash]
    for tool in ["qkd-run-plot", "tools/plot"] where fileExists("\(folder)/\(tool)") {
      return "(written; \(tool) draws it)"
    }
  }
  return "(written)"
}
