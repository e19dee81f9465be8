import Files
import Imports
import Models
import Reports

/// Arrays and tensor files of others, with some conventions stated or all, compared with a probe or not. What is
/// imported reads back as the same model.
let importTarget = FuzzTarget(
  name: "import",
  mutate: { input, choice, largest in
    input.first == 0x93 ? mutateNPY(input, &choice, largest) : mutateTensors(input, &choice, largest)
  },
  reseal: resealTensors,
  reader: { scratch in
    let (source, probe, expected) = (scratch.file("angles"), scratch.file("probe"), scratch.file("expected"))
    probe.put(array([1, 0, 0, 0, 0, 0.6, 0, 0.8], rows: 2))
    expected.put(array([0.5, -1, 1, 0.25], rows: 2))
    return { input in
      let hash = fnv1a(input)
      source.put(input)
      var request = ImportRequest(source: source.path, output: scratch.path + "/imported")
      // Which is a function of the input, so that a fault can be repeated: nothing, all that suits a small circuit,
      // or anything.
      let kind = hash >> 40 % 4
      for (index, stated) in statements.enumerated() where kind > 0 && (kind < 3 || hash >> (2 * index) % 4 > 0) {
        let choice = kind < 3 ? 0 : Int(hash >> (3 * index) % UInt64(stated.texts.count))
        request.stated[stated.convention] = stated.texts[choice]
      }
      if hash % 3 == 0 { request.anglesName = "weights" }
      if hash % 5 == 0 {
        (request.probe, request.expected) = (probe.path, expected.path)
        request.mostCombinations = 20
      }
      do throws(ImportError) {
        let report = try ModelImport.run(request)
        let again = try? Model.read(path: report.path)
        expect(
          again?.model == report.model && again?.digest == report.sha256, "what was imported reads back as another")
        expect(report.proof?.holds != false, "what was not proved was written")
        expect(!report.text.isEmpty && !report.json.text.isEmpty, "a report says nothing")
      } catch { expect(!error.text.isEmpty, "an error says nothing") }
    }
  })

private let statements: [(convention: Convention, texts: [String])] = [
  (.axes, ["layer,qubit,gate", "layer,qubit", "qubit,gate,layer", "gate"]),
  (.gates, ["rx,ry,rz", "rz,ry,rz", "ry", "rz,rx"]), (.rotation, ["half", "full"]),
  (.entangler, ["linear", "ring", "0-1"]), (.entanglingGate, ["cz"]), (.qubitOrder, ["little-endian", "big-endian"]),
  (.finalRotation, ["false", "true"]), (.encoder, ["state", "amplitude", "angle", "phase"]),
  (.observables, ["Z0; Z1", "Z0", "X0*Z1; 2.5 - Y1"]), (.task, ["classification", "regression"]),
]

/// An NPY of float64.
private func array(_ values: [Double], rows: Int) -> [UInt8] {
  let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows), \(values.count / rows)), }"
  let header = Array(text.utf8) + [UInt8](repeating: 0x20, count: 117 - text.utf8.count) + [0x0A]
  return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + header
    + values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
}
