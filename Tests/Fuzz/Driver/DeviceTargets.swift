import Devices
import Kernel

/// Calibrations as makers publish them. Whatever one holds, what is used of it makes physical channels, and a layout
/// that was found is one that a list may name.
let calibrationTarget = FuzzTarget(
  name: "calibration", largestBytes: 8192,
  reader: { _ in
    let chain = Ansatz(qubits: 2, layers: 2)
    return { input in
      do throws(CalibrationError) {
        let device = try Calibration(input, path: "c.json")
        expect(device.findings.allSatisfy { !$0.text.isEmpty }, "a finding says nothing")
        for qubit in device.qubits.indices where device.qubits[qubit].isUsable {
          expect((try? device.blockChannel(qubit, strength: 2).check()) != nil, "a block's channel is none")
        }
        for coupling in device.couplings where device.coupling(coupling.first, coupling.second) != nil {
          let channel = device.pairChannel(coupling, control: coupling.first, target: coupling.second)
          expect((try? channel.check()) != nil, "a pair's channel is none")
        }
        do throws(LayoutError) {
          let best = try Layout.best(for: chain, on: device)
          expect(try Layout(best.physical, for: chain, on: device) == best, "the best layout is refused")
          _ = DeviceNoise(chain, best, on: device)
        } catch { expect(!error.text.isEmpty, "a refusal says nothing") }
      } catch { expect(!error.text.isEmpty, "an error says nothing") }
    }
  })
