import Files
import Models
import Settings

/// What people write.
let settingTargets = [
  // TOMLKit frees none of its tables, some kilobytes a profile: a process must not read too many.
  FuzzTarget(
    name: "profile", largestBytes: 1024, options: ["-runs=50000"], leaks: true, mutate: mutateProfile,
    reader: readProfile),
  FuzzTarget(name: "setting", mutate: mutateProfile) { _ in readSettings },
  FuzzTarget(name: "observable") { _ in readObservable },
  FuzzTarget(name: "json") { _ in readJSON },
]

/// A text, now and then with a key that exists.
private func mutateProfile(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  if choice.below(4) > 0 { return mutateText(input, &choice, largest) }
  let key = choice.element(SettingKey.all).name
  let word = choice.below(2) == 0 ? key : String(key.split(separator: ".").last ?? "")
  let place = choice.below(input.count + 1)
  return input[..<place] + Array(word.utf8) + input[place...]
}

private func readProfile(_ scratch: Scratch) -> ([UInt8]) -> Void {
  let file = scratch.file("profile.toml")
  return { input in
    file.put(input)
    guard let assignments = try? Profile.read(path: file.path) else { return }
    var resolution = Resolution()
    // All, or as many as are allowed.
    if (try? resolution.apply(assignments)) == nil {
      for assignment in assignments { try? resolution.apply([assignment]) }
    }
    look(resolution, at: assignments.map(\.key), input)
  }
}

/// Lines `KEY=VALUE`; where there is no such key, the line's hash chooses one.
private func readSettings(_ input: [UInt8]) {
  var resolution = Resolution()
  var keys: [String] = []
  for line in input.split(separator: 0x0A).prefix(8) {
    let text = String(decoding: line, as: UTF8.self)
    let name = String(text.prefix { $0 != "=" })
    let key = SettingKey.named(name) ?? SettingKey.all[Int(fnv1a(line) % UInt64(SettingKey.all.count))]
    keys.append(key.name)
    let value = SettingValue.text(String(text.dropFirst(name.count + 1)))
    for value in [value, .array([value]), .string(value.description)] {
      try? resolution.apply([Assignment(key: key.name, value: value, origin: .flag("--set"))])
    }
  }
  look(resolution, at: keys, input)
}

/// What is done with settings before anything else is opened, for a job that the input chooses.
private func look(_ resolution: Resolution, at names: [String], _ input: [UInt8]) {
  let job = Job.allCases[Int(fnv1a(input) % UInt64(Job.allCases.count))]
  _ = (resolution.unused(by: job), resolution.settings.problem(for: job))
  for name in names {
    guard let key = SettingKey.named(name) else { fatalError("\(name) was taken, and is no key") }
    let json = key.read(resolution.settings)?.text ?? "null"
    expect(JSON(Array(json.utf8)) != nil, "\(key.name) is shown as \(json)")
  }
}

private func readObservable(_ input: [UInt8]) {
  guard let observable = try? Observable(String(decoding: input, as: UTF8.self)) else { return }
  expect((try? Observable(observable.text)) == observable, "the text of an observable means something else")
  expect(observable.highestQubit <= Observable.largestQubit, "a qubit too high")
}

private func readJSON(_ input: [UInt8]) {
  guard let value = JSON(input) else { return }
  // -0.0 is written as -0, which is an integer: what was written twice is the same.
  guard let text = JSON(Array(value.text.utf8))?.text else { fatalError("what was written is refused") }
  expect(JSON(Array(text.utf8))?.text == text, "what was written reads back as something else")
}
