import Testing

/// A word that the project's text must not contain, and why. Words are put together from parts, so that this file
/// does not contain them.
struct ForbiddenWord {
  let word: String
  let reason: String
  /// An acronym such as that of artificial intelligence is also a syllable.
  var matchesCase = false
}

let forbiddenWords: [ForbiddenWord] =
  ["TO" + "DO", "FIX" + "ME", "XX" + "X"].map {
    ForbiddenWord(word: $0, reason: "unfinished work is an issue, not a comment", matchesCase: true)
  }
  + ["work", "root", "home", "tmp/" + "wt"].map {
    ForbiddenWord(word: "/" + $0, reason: "a path of one machine", matchesCase: true)
  }
  + ["pypi" + ".org", "python" + "hosted.org", "deb." + "debian.org"].map {
    ForbiddenWord(word: $0, reason: "packages are named, their hosts are not")
  }
  + ["A" + "I", "L" + "LM", "L" + "LMs"].map {
    ForbiddenWord(word: $0, reason: "the text speaks of the project alone", matchesCase: true)
  }
  + [
    "age" + "nt", "age" + "nts", "help" + "er", "help" + "ers", "chat" + "bot", "ChatG" + "PT", "G" + "PT",
    "Cla" + "ude", "Anth" + "ropic", "OpenA" + "I", "Copi" + "lot", "co-authored" + "-by",
  ].map { ForbiddenWord(word: $0, reason: "the text speaks of the project alone") }

/// Whole words only: a letter, digit or underscore on either side makes another word of it. Before a path also a dot
/// or a hyphen does: `../` and `.build-x/` begin paths of this checkout.
func wordFindings(_ path: String, _ text: String) -> [Finding] {
  numberedLines(text).flatMap { number, line -> [Finding] in
    let exact = Array(line)
    let folded = Array(line.lowercased())
    return forbiddenWords.compactMap { forbidden in
      let found =
        forbidden.matchesCase
        ? contains(exact, Array(forbidden.word)) : contains(folded, Array(forbidden.word.lowercased()))
      return found ? Finding(path: path, line: number, message: "“\(forbidden.word)”: \(forbidden.reason)") : nil
    }
  }
}

private func contains(_ line: [Character], _ word: [Character]) -> Bool {
  func joins(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }
  guard line.count >= word.count else { return false }
  return (0...line.count - word.count).contains { start in
    guard line[start] == word[0], line[start..<start + word.count].elementsEqual(word) else { return false }
    if start > 0 {
      let before = line[start - 1]
      if joins(before) || (word[0] == "/" && (before == "." || before == "-" || before == "}")) { return false }
    }
    let end = start + word.count
    return end == line.count || !joins(line[end])
  }
}

@Suite struct WordTests {
  @Test func namesTheWordAndWhy() {
    let text = """
      // \("TO" + "DO"): later
      let path = "/\("root")/x"
      pip -i https://\("PyPI" + ".org")/simple
      made by an \("A" + "I")
      """
    #expect(
      wordFindings("a", text).text == """
        a:1: “\("TO" + "DO")”: unfinished work is an issue, not a comment
        a:2: “/\("root")”: a path of one machine
        a:3: “\("pypi" + ".org")”: packages are named, their hosts are not
        a:4: “\("A" + "I")”: the text speaks of the project alone
        """)
  }

  @Test(arguments: forbiddenWords.map(\.word)) func findsEach(_ word: String) {
    #expect(wordFindings("a", "x \(word) y").count == 1)
    #expect(wordFindings("a", word).count == 1)
    #expect(wordFindings("a", "z\(word)").isEmpty)
  }

  @Test func leavesOtherWordsAlone() {
    let folder = "wo" + "rk"
    let text = "frame/\(folder)/x ../\(folder)/x /workstation reagents MAIL XXXL todo ${HOME}/\(folder)/x SOME_FIXME"
    #expect(wordFindings("a", text).text == "")
  }

  @Test func holdsInTheCheckout() {
    let files = SourceTree.files(
      "Sources", "Tests", "tools", "profiles", "packaging", ".ci", "docs", "README.md", "CHANGELOG.md", "Package.swift")
    #expect(files.contains { $0.path == "CHANGELOG.md" } && files.contains { $0.path == "tools/test" })
    #expect(files.contains { $0.path == "docs/formats.md" })
    #expect(files.flatMap { wordFindings($0.path, $0.text) }.text == "")
  }
}
