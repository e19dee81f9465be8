import Settings
import Testing

@Suite struct ResolutionTests {
  @Test func flagBeatsEnvironmentBeatsProfileBeatsDefault() throws {
    let profile = try Profile.parse("seed = 2\n[host]\nthreads = 2\nlanes = 2\n", path: "p.toml")
    let environment = try EnvironmentSettings.assignments(
      ["QKD_SEED": "3", "QKD_HOST_THREADS": "3", "QKD_HOST_LANES": "", "PATH": "x", "QKD_PROFILE_PATH": "y"])
    let flags = [Assignment(key: "seed", value: .text("4"), origin: .flag("--seed"))]
    var resolution = Resolution()
    for layer in [profile, environment, flags] { try resolution.apply(layer) }
    #expect(resolution.settings.seed == 4)
    #expect(resolution.origin("seed") == .flag("--seed"))
    #expect(resolution.settings.host.threads == 3)
    #expect(resolution.origin("host.threads") == .environment(variable: "QKD_HOST_THREADS"))
    #expect(resolution.settings.host.lanes == 2)
    #expect(resolution.origin("host.lanes") == .profile(path: "p.toml", line: 4))
    #expect(resolution.settings.host.memoryBytes == Settings().host.memoryBytes)
    #expect(resolution.origin("host.memory") == .default)
  }

  @Test func pathsInAProfileAreRelativeToIt() throws {
    let keys = [
      ("model.path", \Settings.model.path), ("data.path", \.data.path), ("data.labels", \.data.labelsPath),
      ("distillation.teacher", \.distillation.teacherPath),
      ("distillation.teacher-logits", \.distillation.logitsPath), ("distillation.tape", \.distillation.tapePath),
      ("compression.path", \.compression.path),
    ]
    for (key, path) in keys {
      for (value, expected) in [("m", "a/b/m"), ("../m", "a/b/../m"), ("/m", "/m"), ("-", "-"), ("", "")] {
        var resolution = Resolution()
        let origin = Origin.profile(path: "a/b/p.toml", line: 1)
        try resolution.apply([Assignment(key: key, value: .string(value), origin: origin)])
        #expect(resolution.settings[keyPath: path] == expected)
      }
      for origin in [Origin.flag("--x"), .environment(variable: "X"), .profile(path: "p.toml", line: 1)] {
        var resolution = Resolution()
        try resolution.apply([Assignment(key: key, value: .text("m"), origin: origin)])
        #expect(resolution.settings[keyPath: path] == "m")
      }
    }
  }

  @Test func misspelledVariablesAreFound() {
    #expect(
      throws: SettingError.unknownKey(
        "QKD_HOST_MEMROY", nearest: "QKD_HOST_MEMORY", origin: .environment(variable: "QKD_HOST_MEMROY"))
    ) { try EnvironmentSettings.assignments(["QKD_HOST_MEMROY": "1"]) }
    // Not ours: variables of the build and the tests.
    #expect(throws: Never.self) { try EnvironmentSettings.assignments(["QKD_CPU": "1", "QKD_RUN_BINARY": "x"]) }
  }

  @Test func nothingOfARefusedLayerIsTaken() {
    var resolution = Resolution()
    #expect(throws: SettingError.self) {
      try resolution.apply([
        Assignment(key: "seed", value: .integer(5), origin: .flag("--seed")),
        Assignment(key: "host.threads", value: .integer(0), origin: .flag("--threads")),
      ])
    }
    #expect(resolution.settings == Settings())
    #expect(resolution.origin("seed") == .default)
  }
}
