import Glibc

/// A file of the checkout. `path` is relative to its root.
struct SourceFile {
  let path: String
  let text: String
  let isExecutable: Bool
}

/// The checkout that these tests were built from.
enum SourceTree {
  /// …/Tests/TidyTests/SourceTree.swift, less three components.
  static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  /// What builds and interpreters leave behind; `.gitignore` names the same.
  static func isLeftBehind(_ name: String) -> Bool {
    name == ".git" || name == ".build" || name.hasPrefix(".build-") || name == "Package.resolved"
      || name == "__pycache__" || [".mypy_cache", ".pytest_cache", ".ruff_cache", "dist"].contains(name)
      || name.hasSuffix(".o") || name == "mnist"
  }

  /// The names in a folder, sorted; empty when there is no such folder.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir("\(root)/\(folder)") else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." && !isLeftBehind(name) { names.append(name) }
    }
    return names.sorted()
  }

  /// Every text file below the given files and folders. Files that are no UTF-8 (models, pictures) are left out.
  static func files(_ places: String...) -> [SourceFile] { places.flatMap(walk) }

  private static func walk(_ path: String) -> [SourceFile] {
    var status = stat()
    guard lstat("\(root)/\(path)", &status) == 0 else { return [] }
    if status.st_mode & S_IFMT == S_IFDIR { return names(in: path).flatMap { walk("\(path)/\($0)") } }
    guard status.st_mode & S_IFMT == S_IFREG, let text = read("\(root)/\(path)") else { return [] }
    return [SourceFile(path: path, text: text, isExecutable: status.st_mode & S_IXUSR != 0)]
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
