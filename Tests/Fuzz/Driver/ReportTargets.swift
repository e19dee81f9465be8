import Batches
import Commands
import Experiments
import Files
import Kernel
import Models
import Reports
import Samples
import Settings

// MARK: Journals

/// Lines of `row + 2` fields, the last a check of those before it.
let journalTarget = FuzzTarget(
  name: "journal", reseal: resealJournal,
  reader: { scratch in
    let file = scratch.file("journal")
    return { input in
      file.put(input)
      do throws(SessionError) {
        let journal = try ExperimentJournal(path: file.path, digest: journalDigest, rows: journalRows, seeds: 4)
        let seeds = journal.finished.keys.sorted()
        let results = try journal.results(seeds)
        expect(
          results.allSatisfy { $0.count == journalRows && $0.allSatisfy((0...1).contains) }, "a result is no share")
      } catch {}
    }
  })

private let journalDigest = String(repeating: "0", count: 64)
private let journalRows = 2

private func resealJournal(_ input: [UInt8]) -> [UInt8] {
  input.lines.enumerated().flatMap { index, line -> [UInt8] in
    guard index > 0, let blank = line.lastIndex(of: UInt8(ascii: " ")) else { return line }
    let digits = Array(line[...blank])
    return digits + Array(String(fnv1a(digits), radix: 16).utf8) + (line.last == 0x0A ? [0x0A] : [])
  }
}

// MARK: Parts

/// Each line of an input is the file of a part.
let partTarget = FuzzTarget(
  name: "part", reseal: { $0.lines.flatMap(resealPart) },
  reader: { scratch in
    let files = (0..<4).map { scratch.file("part-\($0)") }
    scratch.file("p.csv").put("sample,class\n0,1\n".utf8)
    return { input in
      let lines = input.lines.prefix(files.count)
      if lines.isEmpty { return }
      for (file, line) in zip(files, lines) { file.put(line) }
      do throws(MergeError) {
        let merge = try Merge(files[..<lines.count].map(\.path), into: scratch.path + "/merged.csv")
        expect(JSON(Array(merge.json.text.utf8)) != nil, "a report is no JSON")
        _ = (merge.text, merge.gate)
      } catch {}
    }
  })

/// A line, with the digest of all before that as its last member.
private func resealPart(_ line: [UInt8]) -> [UInt8] {
  let key = Array(", \"sha256\": \"".utf8)
  var body = line.filter { $0 != 0x0A }
  if let end = line.lastRange(of: key)?.lowerBound { body = Array(line[..<end]) }
  return body + key + Array(SHA256.hex(of: body).utf8) + Array("\"}\n".utf8)
}

/// An input is the predictions of both of two parts.
let predictionTarget = FuzzTarget(
  name: "predictions",
  mutate: { input, choice, largest in
    input.first == 0x93 ? mutateNPY(input, &choice, largest) : mutateText(input, &choice, largest)
  },
  reader: { scratch in
    let file = scratch.file("predictions")
    return { input in
      file.put(input)
      let lines = input.lines.count
      let (format, rows): (PredictionFormat, Int) =
        switch input.first {
        case 0x93: (.npy, (try? ArrayStream(path: file.path))?.rows ?? 0)
        case UInt8(ascii: "{"): (.ndjson, lines)
        default: (.csv, max(0, lines - 1))
        }
      if rows > 1 << 16 { return }
      do throws(PredictionJoin.PartError) {
        try PredictionJoin.join(
          [file.path, file.path], rows: [rows, rows], format: format, into: scratch.path + "/joined")
      } catch {}
    }
  })

// MARK: Metrics

let historyTarget = FuzzTarget(
  name: "history",
  reader: { scratch in
    let file = scratch.file("metrics")
    return { input in
      file.put(input)
      for last in [1, .max] {
        guard let history = try? History(path: file.path, last: last) else { return }
        _ = history.text()
        expect(JSON(Array(history.json.text.utf8)) != nil, "a report is no JSON")
      }
    }
  })

// MARK: Verifications

/// What other software made of a model, beside it.
let verificationTarget = FuzzTarget(
  name: "verification",
  reader: { scratch in
    let (model, file) = (scratch.file("model"), scratch.file("model.verified.json"))
    let ansatz = Ansatz(qubits: 1, layers: 1)
    let plain = Model(
      ansatz: ansatz, observables: [], angles: [0, 0, 0], scales: [], biases: [], encoder: .state)
    return { input in
      file.put(input)
      let text = ModelReport.text(plain, path: model.path, digest: journalDigest)
      expect(!text.utf8.contains { $0 < 0x20 && $0 != 0x0A }, "a report has control characters")
      let json = ModelReport.json(plain, path: model.path, digest: journalDigest)
      expect(JSON(Array(json.text.utf8)) != nil, "a report is no JSON")
    }
  })
