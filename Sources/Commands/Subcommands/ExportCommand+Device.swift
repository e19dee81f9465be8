import Files
import Firmware
import Models
import Reports
import Settings

extension ExportCommand {
  /// Samples with which a device tests itself.
  private static let probes = 4

  /// A C file and its header, or a library's folder, named and prefixed like `--output`.
  func writeSource(of file: ModelFile, digest: String, maker: String, _ style: OutputStyle) throws(CommandError) {
    guard case .model(let model) = file else {
      throw refusal(
        "--format", format.rawValue, "qasm3, qasm2, braket or json: C sources hold a model's inference alone")
    }
    let isFile = format.library == nil
    let ending = format == .swift ? ".swift" : ".c"
    guard let output, !isFile || output.hasSuffix(ending) else {
      throw refusal(
        "--output", output ?? "nothing",
        isFile ? "a file that ends in \(ending); its header is written beside it" : "the library's folder")
    }
    let path = isFile ? String(output.dropLast(ending.utf8.count)) : output
    let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    guard DeviceSource.isIdentifier(name) else {
      throw refusal(
        "--output", output, "a name of ASCII letters, digits and underscores, no digit first: C's names begin with it")
    }
    if format == .swift {
      try writeSwift(model, digest: digest, name: name, maker: maker, to: path, quiet: style.quiet)
      return
    }
    let bits = self.source.bits
    let table = try bits.map { bits throws(CommandError) in try measure(bits, model, style) }
    let rounded = bits.map(model.rounded) ?? model
    guard
      let source = DeviceSource(
        rounded, digest: digest, name: name, maker: maker, probes: Self.probes, method: self.source.method, bits: bits)
    else {
      throw refusal(
        "--method", "forms",
        "gates: a logit's light cone has more than \(DeviceSource.widestForm) qubits, and its form 4^qubits numbers")
    }
    let boards = self.source.board.map { [$0] } ?? Board.all
    let needs = boards.map { BoardNeeds(source, on: $0) }
    if let board = self.source.board, let excess = needs[0].excess(on: board) {
      throw .board(board.name, memory: excess.memory, needed: excess.needed, available: excess.available)
    }
    if let library = format.library {
      for (path, text) in DeviceLibrary(source, library, version: programVersion).files {
        try makeFolders(of: path, in: output)
        try write(text, to: output + "/" + path)
      }
    } else {
      for (text, ending) in [(source.header, ".h"), (source.body, ".c")] { try write(text, to: path + ending) }
    }
    if style.quiet { return }
    let written = "\(output) (written\(isFile ? ", with \(name).h" : ""))\n"
    let texts = [written + text(needs, boards), text(source, rounded), table]
    try StandardStreams.writeResult(texts.compactMap { $0 }.joined(separator: "\n"))
  }

  /// What boards need, and have.
  private func text(_ needs: [BoardNeeds], _ boards: [Board]) -> String {
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right])
    table.add(["bytes on", "flash", "of", "RAM", "stack", "in all", "of"])
    for (needs, board) in zip(needs, boards) {
      table.add(
        [board.name]
          + [needs.flash, board.flash, needs.ram, needs.stack, needs.ram + needs.stack, board.ram].map(groupedText)
      )
    }
    let small = zip(needs, boards).filter { $0.excess(on: $1) != nil }.map(\.1.name)
    return table.text + (small.isEmpty ? "" : "too small: \(small.joined(separator: ", "))\n")
  }

  /// What each method would need.
  private func text(_ source: DeviceSource, _ model: Model) -> String {
    var table = TextTable([.left, .right, .right, .right, .left])
    table.add(["method", "constants", "state", "multiply-adds", ""])
    for needs in DeviceSource.needs(model, method: nil, bits: self.source.bits) {
      table.add([
        needs.method.rawValue, groupedText(needs.constants), groupedText(needs.state), groupedText(needs.operations),
        needs.method == source.method ? "<" : "",
      ])
    }
    return table.text
  }

  private func writeSwift(
    _ model: Model, digest: String, name: String, maker: String, to path: String, quiet: Bool
  ) throws(CommandError) {
    let bytes = SwiftSource.tableBytes(model)
    guard bytes <= SwiftSource.largestTableBytes else {
      throw refusal(
        "--format", "swift, whose tables take \(groupedText(bytes)) bytes of flash",
        "tables of \(groupedText(SwiftSource.largestTableBytes)) bytes: fewer qubits or layers; or c")
    }
    let source = SwiftSource(model, digest: digest, name: name, maker: maker, probes: Self.probes)
    for (text, ending) in [(source.header, ".h"), (source.body, ".swift")] { try write(text, to: path + ending) }
    if quiet { return }
    try StandardStreams.writeResult(
      "\(path).swift (written, with \(name).h): \(groupedText(source.memoryBytes)) bytes of RAM, "
        + "\(groupedText(source.tableBytes)) of constants\n")
  }

  private func makeFolders(of path: String, in folder: String) throws(CommandError) {
    var made = folder
    do throws(FileError) {
      _ = try Files.Folder(path: made, makes: true)
      for part in path.split(separator: "/").dropLast() {
        made += "/" + part
        _ = try Files.Folder(path: made, makes: true)
      }
    } catch { throw .session(.file(error)) }
  }
}
