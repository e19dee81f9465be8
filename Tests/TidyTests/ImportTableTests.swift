import Testing

/// The modules of `Package.swift`, each with the dependencies that `module("Name", […])` declares for it.
func declaredDependencies(_ manifest: String) -> [String: Set<String>] {
  // Products of packages are constants there.
  let products = ["argumentParser": "ArgumentParser", "toml": "TOMLKit"]
  var table: [String: Set<String>] = [:]
  for match in manifest.matches(of: /module\(\s*"(\w+)",\s*\[([^\]]*)\]/) {
    let names = match.2.matches(of: /\w+/).map { String($0.0) }
    table[String(match.1)] = Set(names.map { products[$0] ?? $0 })
  }
  return table
}

/// Imports of a file in `Sources/MODULE/…` that the manifest does not declare for the module. All but the kernel may
/// call the C library.
func importFindings(_ path: String, _ text: String, _ table: [String: Set<String>]) -> [Finding] {
  let module = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
  return imports(text).compactMap { line, imported in
    guard let declared = table[module] else {
      return Finding(path: path, line: line, message: "module \(module) is not in Package.swift")
    }
    let allowed = module == "Kernel" ? declared : declared.union(["Glibc"])
    if allowed.contains(imported) { return nil }
    let list = allowed.sorted().joined(separator: ", ")
    return Finding(path: path, line: line, message: "\(module) must not import \(imported) (declared: \(list))")
  }
}

/// Declared dependencies that no file of the module imports: the drawing would have arrows that the code has not.
func unusedDependencies(_ files: [(path: String, text: String)], _ table: [String: Set<String>]) -> [Finding] {
  table.sorted { $0.key < $1.key }.flatMap { module, declared in
    let used = Set(
      files.filter { $0.path.hasPrefix("Sources/\(module)/") }.flatMap { imports($0.text).map(\.module) })
    return declared.subtracting(used).sorted().map {
      Finding(path: "Package.swift", line: 0, message: "\(module) declares \($0), and imports it nowhere")
    }
  }
}

/// Tests see what users see.
func testImportFindings(_ path: String, _ text: String) -> [Finding] {
  let mark = "@" + "testable"
  return numberedLines(text).compactMap { number, line in
    tokens(line).contains(mark)
      ? Finding(path: path, line: number, message: "tests use the public interface: no \(mark) import") : nil
  }
}

/// The modules that a text imports, with the line of each: `import A`, `@attribute public import struct A.B`.
func imports(_ text: String) -> [(line: Int, module: String)] {
  let access: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
  let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
  return numberedLines(text).compactMap { number, line in
    var rest = tokens(line).drop { $0.hasPrefix("@") || access.contains($0) }
    guard rest.popFirst() == "import" else { return nil }
    if let kind = rest.first, kinds.contains(kind) { rest.removeFirst() }
    return rest.first.map { (number, String($0.prefix { $0 != "." && $0 != ";" })) }
  }
}

@Suite struct ImportTableTests {
  private static let manifest = """
    targets: [
      module("Kernel", ["CSupport"]),
      module(
        "Commands",
        [
          "Budget", argumentParser,
        ]),
    """

  @Test func readsTheManifest() {
    #expect(
      declaredDependencies(Self.manifest) == ["Kernel": ["CSupport"], "Commands": ["Budget", "ArgumentParser"]])
  }

  @Test func namesTheImportAndWhatIsDeclared() {
    let table = declaredDependencies(Self.manifest)
    let text =
      "import CSupport\n// import Foundation\n  @preconcurrency internal import Foundation\nimport func Glibc.sin"
    #expect(
      importFindings("Sources/Kernel/Gate.swift", text, table).text == """
        Sources/Kernel/Gate.swift:3: Kernel must not import Foundation (declared: CSupport)
        Sources/Kernel/Gate.swift:4: Kernel must not import Glibc (declared: CSupport)
        """)
    #expect(importFindings("Sources/Commands/Tool.swift", "import Glibc\nimport Budget", table).isEmpty)
    #expect(
      importFindings("Sources/Plots/Plot.swift", "import CSupport", table).text
        == "Sources/Plots/Plot.swift:1: module Plots is not in Package.swift")
  }

  @Test func namesWhatIsDeclaredInVain() {
    let files = [
      (path: "Sources/Kernel/A.swift", text: "import CSupport"), ("Sources/Commands/B.swift", "import Budget"),
    ]
    #expect(
      unusedDependencies(files, declaredDependencies(Self.manifest)).text
        == "Package.swift: Commands declares ArgumentParser, and imports it nowhere")
  }

  @Test func namesTheTestThatLooksInside() {
    let text = "import Testing\n@" + "testable import Budget"
    #expect(
      testImportFindings("Tests/A.swift", text).text
        == "Tests/A.swift:2: tests use the public interface: no @" + "testable import")
  }

  @Test func holdsInTheCheckout() {
    let sources = SourceTree.files("Sources").filter { $0.path.hasSuffix(".swift") }
    var table = declaredDependencies(SourceTree.files("Package.swift").map(\.text).joined())
    #expect(unusedDependencies(sources.map { ($0.path, $0.text) }, table).text == "")
    // The program itself is a few lines.
    table["qkd-run"] = ["Commands"]
    #expect(Set(sources.map { String($0.path.split(separator: "/")[1]) }) == Set(table.keys))
    #expect(sources.contains { !imports($0.text).isEmpty })
    #expect(sources.flatMap { importFindings($0.path, $0.text, table) }.text == "")
    #expect(SourceTree.files("Tests").flatMap { testImportFindings($0.path, $0.text) }.text == "")
  }
}
