import Testing

/// What the top folder holds; what builds leave behind is not looked at.
let topFolder: Set<String> = [
  "Package.swift", "README.md", "profiles", "tools", "Sources", "Tests", "LICENSE", "CHANGELOG.md", ".swift-format",
  ".gitignore", ".ci", "figures", "docs", "examples", "packaging",
]

/// Names in the top folder that the layout does not have.
func layoutFindings(_ names: [String]) -> [Finding] {
  names.filter { !topFolder.contains($0) && !SourceTree.isLeftBehind($0) }.map {
    Finding(path: $0, line: 0, message: "does not belong in the top folder")
  }
}

@Suite struct LayoutTests {
  @Test func namesWhatDoesNotBelong() {
    let names = ["Package.swift", "notes.txt", ".build", ".build-python", "Package.resolved", "build"]
    #expect(
      layoutFindings(names).text == """
        notes.txt: does not belong in the top folder
        build: does not belong in the top folder
        """)
  }

  @Test func holdsInTheCheckout() {
    let names = SourceTree.names(in: ".")
    #expect(names.contains("Package.swift") && names.contains("LICENSE"))
    #expect(layoutFindings(names).text == "")
  }
}
