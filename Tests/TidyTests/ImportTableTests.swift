import Testing

/// Imports point one way: a module may import what stands beside it here, and nothing else. `Package.swift` may give
/// a module no dependency that is not here either.
let importTable: [String: Set<String>] = [
  "Kernel": ["CSupport"],
  "Files": ["CSupport", "Glibc"],
  "Budget": ["CSupport", "Glibc"],
  "Spectra": ["Budget", "CGSL", "CSupport", "Glibc"],
  "Samples": ["Budget", "Files", "CSupport", "CZlib", "Glibc"],
  "Students": ["Files", "Kernel", "CMessageDigest", "CSupport", "Glibc"],
  "Sessions": ["Kernel", "Budget", "Spectra", "Samples", "Students", "Files", "CGSL", "CSupport", "Glibc"],
  "Commands": [
    "Sessions", "Kernel", "Budget", "Spectra", "Samples", "Students", "Files", "CSupport", "Glibc", "ArgumentParser",
    "TOMLKit",
  ],
  "qkd-run": ["Commands"],
]

/// Imports of a file in `Sources/MODULE/…` that the table does not give to the module.
func importFindings(_ path: String, _ text: String) -> [Finding] {
  let module = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
  return imports(text).compactMap { line, imported in
    guard let allowed = importTable[module] else {
      return Finding(path: path, line: line, message: "module \(module) is not in the import table")
    }
    // Musl is Glibc's stand-in on other systems.
    if allowed.contains(imported == "Musl" ? "Glibc" : imported) { return nil }
    let list = allowed.sorted().joined(separator: ", ")
    return Finding(path: path, line: line, message: "\(module) must not import \(imported) (may: \(list))")
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

/// Dependencies in `module("Name", [dependencies])` lines of the manifest that the table does not have.
func manifestFindings(_ path: String, _ text: String) -> [Finding] {
  numberedLines(text).flatMap { number, line -> [Finding] in
    guard tokens(line).first?.hasPrefix("module(") == true else { return [] }
    let names = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    guard let module = names.first else { return [] }
    guard let allowed = importTable[module] else {
      return [Finding(path: path, line: number, message: "module \(module) is not in the import table")]
    }
    return names.dropFirst().filter { !allowed.contains($0) }.map {
      Finding(path: path, line: number, message: "\(module) must not depend on \($0)")
    }
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
  @Test func namesTheImportAndWhatIsAllowed() {
    let text =
      "import CSupport\n// import Foundation\n  @preconcurrency internal import Foundation\nimport func Glibc.sin"
    #expect(
      importFindings("Sources/Kernel/Gate.swift", text).text == """
        Sources/Kernel/Gate.swift:3: Kernel must not import Foundation (may: CSupport)
        Sources/Kernel/Gate.swift:4: Kernel must not import Glibc (may: CSupport)
        """)
    #expect(importFindings("Sources/Budget/Arena.swift", "import Musl\nimport CSupport").isEmpty)
    #expect(
      importFindings("Sources/Plots/Plot.swift", "import CSupport").text
        == "Sources/Plots/Plot.swift:1: module Plots is not in the import table")
  }

  @Test func namesTheDependency() {
    let text = """
      targets: [
        module("Kernel", ["CSupport"]),
        module("Files", ["CSupport", "Budget"]),
        module("Plots", []),
      """
    #expect(
      manifestFindings("Package.swift", text).text == """
        Package.swift:3: Files must not depend on Budget
        Package.swift:4: module Plots is not in the import table
        """)
  }

  @Test func namesTheTestThatLooksInside() {
    let text = "import Testing\n@" + "testable import Budget"
    #expect(
      testImportFindings("Tests/A.swift", text).text
        == "Tests/A.swift:2: tests use the public interface: no @" + "testable import")
  }

  @Test func holdsInTheCheckout() {
    let sources = SourceTree.files("Sources").filter { $0.path.hasSuffix(".swift") }
    #expect(Set(sources.map { $0.path.split(separator: "/")[1] }).count == importTable.count, "a module has no sources")
    #expect(sources.contains { !imports($0.text).isEmpty })
    #expect(sources.flatMap { importFindings($0.path, $0.text) }.text == "")
    #expect(SourceTree.files("Tests").flatMap { testImportFindings($0.path, $0.text) }.text == "")
    #expect(SourceTree.files("Package.swift").flatMap { manifestFindings($0.path, $0.text) }.text == "")
  }
}
