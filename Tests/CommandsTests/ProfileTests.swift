import Files
import Reports
import Settings
import TemporaryFolders
import Testing

/// What reading a profile's text, or putting it into settings, says; nil when all is well.
private func complaint(_ text: String, path: String = "profiles/x.toml") -> String? {
  do {
    var resolution = Resolution()
    let assignments = try Profile.parse(text, path: path)
    do { try resolution.apply(assignments) } catch { return ErrorText.text(CommandError.profile(.setting(error))) }
    return nil
  } catch { return ErrorText.text(error) }
}

@Suite struct ProfileTests {
  @Test(arguments: [
    (
      "seed = 1\n\n[host]\nthreads = 1\n\n# the budget\nmemroy = 3\n",
      "profiles/x.toml:7: unknown key host.memroy; did you mean host.memory?"
    ),
    ("[host]\nthreads = 1\n[hots]\nmemory = 3\n", "profiles/x.toml:3: unknown section [hots]; did you mean [host]?"),
    ("memory = 3", "profiles/x.toml:1: unknown key memory; did you mean host.memory?"),
    ("seed = 1\nhost.memroy = 3", "profiles/x.toml:2: unknown key host.memroy; did you mean host.memory?"),
    ("\nhost = { memroy = 3 }", "profiles/x.toml:2: unknown key host.memroy; did you mean host.memory?"),
    ("[host]\n\n'memroy' = 3", "profiles/x.toml:3: unknown key host.memroy; did you mean host.memory?"),
    ("[ \"host\" ]\n\n\"memroy\" = 3", "profiles/x.toml:3: unknown key host.memroy; did you mean host.memory?"),
    (
      "description = \"\"\"\n[host]\nmemroy = \\\"\"\"\"\n[host]\nmemroy = 3",
      "profiles/x.toml:5: unknown key host.memroy; did you mean host.memory?"
    ),
    (
      "description = '''\n[host]\nmemroy = 1'''''\n[model]\nobservables = [ # ]\n  \"Z0\",\n  \"]\",\n]\n"
        + "[host]\nmemroy = 3",
      "profiles/x.toml:10: unknown key host.memroy; did you mean host.memory?"
    ),
    ("[[host]]\nmemory = 1", "profiles/x.toml:1: host is a section: write [host] and its keys below it"),
    ("host = 3", "profiles/x.toml:1: host is a section: write [host] and its keys below it"),
    (
      "[host]\r\nthreads = 1\r\nmemroy = 3\r\n", "profiles/x.toml:3: unknown key host.memroy; did you mean host.memory?"
    ),
    (
      "[host]\nthreads = \"four\"",
      "profiles/x.toml:2: host.threads = \"four\": allowed is an integer from 1 to 256"
    ),
    ("[host]\nthreads = 0", "profiles/x.toml:2: host.threads = 0: allowed is an integer from 1 to 256"),
    ("[host.threads]\nx = 1", "profiles/x.toml:1: host.threads = a table: allowed is an integer from 1 to 256"),
    (
      "[host]\nthreads = 2026-01-01",
      "profiles/x.toml:2:15: dates and times are no setting's value; write text in quotes"
    ),
    ("[host]\nthreads = 8.0 # eight", "profiles/x.toml:2: host.threads = 8.0: allowed is an integer from 1 to 256"),
    ("[host]\nthreads = 1e7", "profiles/x.toml:2: host.threads = 1e7: allowed is an integer from 1 to 256"),
    ("host = { threads = 1_000 }", "profiles/x.toml:1: host.threads = 1000: allowed is an integer from 1 to 256"),
    (
      "seed = 18446744073709551615",
      "profiles/x.toml:1:28: integers of TOML end at 2^63 - 1; write a larger seed in quotes"
    ),
    (
      "[distillation]\nalpha = 1.5\ntemperature = nan",
      "profiles/x.toml:2: distillation.alpha = 1.5: allowed is a number from 0 to 1"
    ),
    (
      "[data]\nh2 = [1.2, 0.8]",
      "profiles/x.toml:2: data.h2 = [1.2, 0.8]: allowed is two finite numbers, the lower one first, e.g. [0.8, 1.2]"
    ),
  ])
  func namesPlaceAndRemedy(_ text: String, _ message: String) { #expect(complaint(text) == message) }

  @Test func syntaxErrorsHaveLineAndColumn() throws {
    for (text, place) in [
      ("seed = \n", "x:1:8: "), ("[host]\nthreads 1", "x:2:9: "), ("[host]\n[host]\n", "x:2:"),
      ("seed = 1\nseed = 2\n", "x:2:"), ("a = \"", "x:1:"), ("[host", "x:1:"), ("[=]", "x:1:2: "),
      ("seed = 1\n [ [[", "x:2:4: "),
      ("\u{FEFF}[[ \u{17}", "x:1:"), ("[[[a]]]", "x:1:3: "), ("[\u{17}host]", "x:1:2: "), ("[]", "x:1:2: "),
      ("[", "x:1:"), ("=1", "x:1:1: "), ("a = [}", "x:1:6: "), ("a = { b = [1}]", "x:1:13: "), ("]x", "x:1:1: "),
      ("a = \"\\", "x:1:"), ("\"\\", "x:1:"), ("[[", "x:1:"),
      ("[ # ]", "x:1:3: "), ("description = 1979-05-27T\"", "x:1:19: "),
      ("seed = 07:32:00", "x:1:10: "), ("observables = [\u{2028}\"Z0\"]", "x:1:16: "), ("sééd = 1", "x:1:2: "),
      ("[host]\nlanes = 1\u{A0}", "x:2:10: "), ("x = -1e-5-", "x:1:10: "),
    ] {
      let message = try #require(complaint(text, path: "x"))
      #expect(message.hasPrefix(place), "\(message)")
    }
  }

  @Test func emptyProfilesAreFine() throws {
    #expect(try Profile.parse("", path: "x").isEmpty)
    #expect(try Profile.parse("# nothing\n[host]\n", path: "x").isEmpty)
  }

  @Test func filesAreBoundedText() throws {
    let folder = TemporaryFolder()
    let limit = Profile.largestBytes
    let fits = folder.put("a", [UInt8](repeating: UInt8(ascii: "\n"), count: limit))
    #expect(try Profile.read(path: fits).isEmpty)
    let large = folder.put("b", [UInt8](repeating: UInt8(ascii: "\n"), count: limit + 1))
    #expect(throws: ProfileError.file(.tooLarge(path: large, given: limit + 1, allowed: limit))) {
      try Profile.read(path: large)
    }
    for bytes: [UInt8] in [Array("seed = 1\n".utf8) + [0], [0xFF], [0x23, 0xC3, 0x28], [0x23, 0xED, 0xA0, 0x80]] {
      let path = folder.put("c", bytes)
      #expect(throws: ProfileError.notText(path: path)) { try Profile.read(path: path) }
    }
  }

  @Test func aLargeSeedStandsInQuotes() throws {
    var resolution = Resolution()
    try resolution.apply(Profile.parse("seed = \"18446744073709551615\"", path: "x"))
    #expect(resolution.settings.seed == .max)
  }

  /// As deep as a text is long, a reader would go with its stack.
  @Test func nestsNoDeeperThanAnySetting() {
    let keys = Array(repeating: "a", count: 20_000).joined(separator: ".")
    for text in [
      keys + " = 1", "[\(keys)]", "x = " + String(repeating: "[", count: 20_000),
      "x = " + String(repeating: "{a=", count: 20_000),
    ] {
      #expect(complaint(text, path: "x")?.hasPrefix("x:1:") == true)
    }
    #expect(complaint("[data]\nclasses = [[[[1]]]]")?.contains("data.classes") == true)
  }

  @Test func searchLooksInOrderAndSaysWhere() throws {
    let (first, second) = (TemporaryFolder(), TemporaryFolder())
    let environment: Environment = ["QKD_PROFILE_PATH": ":\(first.path)::\(second.path):"]
    let path = second.put("a.toml", [])
    #expect(try ProfileSearch.find("a", environment: environment) == path)
    let earlier = first.put("a.toml", [])
    #expect(try ProfileSearch.find("a", environment: environment) == earlier)
    #expect(try ProfileSearch.find(path, environment: [:]) == path)
    #expect(throws: ProfileError.notFound(name: "b.toml", searched: ["b.toml"])) {
      try ProfileSearch.find("b.toml", environment: environment)
    }
    do {
      _ = try ProfileSearch.find("b", environment: environment)
      Issue.record("found a profile that is not there")
    } catch {
      guard case .notFound("b", let searched, let known) = error else { throw error }
      #expect(known == ["a"])
      #expect(searched.prefix(2) == ["\(first.path)/b.toml", "\(second.path)/b.toml"])
      #expect(searched.last?.hasSuffix("/share/qkd-run/profiles/b.toml") == true)
    }
  }

  /// The caller's folders, the user's, the operator's, the program's own; never the working directory.
  @Test func foldersAreThoseOfAUnixProgram() {
    func folders(_ environment: Environment) -> [String] {
      let all = ProfileSearch.folders(environment)
      #expect(all.last?.hasSuffix("/share/qkd-run/profiles") == true && all.allSatisfy { $0.hasPrefix("/") })
      return all.dropLast()
    }
    let system = "/etc/qkd-run/profiles"
    #expect(folders([:]) == ["/etc/xdg/qkd-run/profiles", system])
    #expect(
      folders(["HOME": "/h"]) == ["/h/.config/qkd-run/profiles", "/etc/xdg/qkd-run/profiles", system])
    #expect(
      folders(["HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_CONFIG_DIRS": "/d:/e", "QKD_PROFILE_PATH": "/p:/q"])
        == ["/p", "/q"] + ["/c", "/d", "/e"].map { $0 + "/qkd-run/profiles" } + [system])
    #expect(
      folders(["HOME": "/h", "XDG_CONFIG_HOME": "", "XDG_CONFIG_DIRS": ""])
        == ["/h/.config/qkd-run/profiles", "/etc/xdg/qkd-run/profiles", system])
    // Relative folders are nobody's.
    #expect(
      folders(["HOME": "h", "XDG_CONFIG_HOME": "c", "XDG_CONFIG_DIRS": "d:/e"]) == ["/e/qkd-run/profiles", system])
  }
}
