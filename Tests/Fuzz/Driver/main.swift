// Reads mutations of the inputs of one target, in libFuzzer's loop; tools/fuzz builds and starts it.
//
// usage: fuzz --targets                                prints their names
//        fuzz --seeds TARGET FOLDER SCRATCH            writes inputs that the program's own writers make
//        fuzz TARGET SCRATCH [OPTION OR CORPUS OF libFuzzer…]
import CFuzzer
import Glibc

/// What libFuzzer's callbacks, which are plain functions, work with.
nonisolated(unsafe) var target = fuzzTargets[0]
nonisolated(unsafe) var reader: ([UInt8]) -> Void = { _ in }

let words = CommandLine.arguments
if words.dropFirst() == ["--targets"] {
  for target in fuzzTargets { print(target.name) }
  exit(0)
}
let isSeeding = words.count == 5 && words[1] == "--seeds"
let names = isSeeding ? words.dropFirst(2) : words.dropFirst()
guard let name = names.first, let scratch = isSeeding ? names.last : names.dropFirst().first,
  let named = fuzzTargets.first(where: { $0.name == name })
else {
  print("fuzz: no target, or one without a folder: \(words.dropFirst().joined(separator: " "))")
  exit(64)
}
target = named
if isSeeding {
  for (index, seed) in target.seeds(Scratch(scratch)).enumerated() {
    ScratchFile("\(words[3])/written-\(index)").put(target.reseal(seed))
  }
  exit(0)
}
reader = target.reader(Scratch(scratch))

// libFuzzer sees neither the target nor the folder.
let given = [words[0], "-max_len=\(target.largestBytes)"] + target.options + words.dropFirst(3)
var options: [UnsafeMutablePointer<CChar>?] = given.map { strdup($0) } + [nil]
var count = Int32(options.count - 1)
options.withUnsafeMutableBufferPointer { options in
  var start = options.baseAddress
  exit(
    LLVMFuzzerRunDriver(&count, &start) { bytes, size in
      reader(Array(UnsafeBufferPointer(start: bytes, count: size)))
      return 0
    })
}

/// libFuzzer calls this in place of its own mutations, which `mutateBytes` hands back to it.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutateInput(_ bytes: UnsafeMutablePointer<UInt8>, _ size: Int, _ largest: Int, _ seed: UInt32) -> Int {
  var choice = Choice(seed: seed)
  let input = Array(UnsafeBufferPointer(start: bytes, count: size))
  var output = target.mutate(input, &choice, largest)
  // A few keep a seal that does not fit.
  if choice.below(32) > 0 { output = target.reseal(output) }
  if output.count > largest || output.isEmpty { output = mutateBytes(input, largest) }
  UnsafeMutableBufferPointer(start: bytes, count: largest).update(fromContentsOf: output)
  return output.count
}

/// The sanitizer asks before it looks for leaks.
@_cdecl("__lsan_is_turned_off")
public func leaksAreNoFault() -> Int32 { target.leaks ? 1 : 0 }
