import Files
import Firmware
import Models
import Reports
import Settings

extension ExportCommand {
  /// Samples with which a device tests itself.
  private static let probes = 4

  /// A C file and its header, or a library's folder, named and prefixed like `--output`.
  func writeSource(of file: ModelFile, digest: String, maker: String, quiet: Bool) throws(CommandError) {
    guard case .model(let model) = file else {
      throw refusal(
        "--format", format.rawValue, "qasm3, qasm2, braket or json: C sources hold a model's inference alone")
    }
    let isFile = format.library == nil
    guard let output, !isFile || output.hasSuffix(".c") else {
      throw refusal(
        "--output", output ?? "nothing",
        isFile ? "a file that ends in .c; its header is written beside it" : "the library's folder")
    }
    let path = isFile ? String(output.dropLast(2)) : output
    let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    guard DeviceSource.isIdentifier(name) else {
      throw refusal(
        "--output", output, "a name of ASCII letters, digits and underscores, no digit first: C's names begin with it")
    }
    let source = DeviceSource(model, digest: digest, name: name, maker: maker, probes: Self.probes)
    if let library = format.library {
      for (path, text) in DeviceLibrary(source, library, version: programVersion).files {
        try makeFolders(of: path, in: output)
        try write(text, to: output + "/" + path)
      }
    } else {
      for (text, ending) in [(source.header, ".h"), (source.body, ".c")] { try write(text, to: path + ending) }
    }
    if quiet { return }
    try StandardStreams.writeResult(
      "\(output) (written\(isFile ? ", with \(name).h" : "")): \(groupedText(source.stateBytes)) bytes of RAM for the "
        + "state, \(groupedText(source.tableBytes)) of constants\n")
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
