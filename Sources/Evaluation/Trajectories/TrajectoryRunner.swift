import Batches
import CSupport
import Kernel

/// Runs each sample through the circuit many times, with noise that is drawn anew each time, a lane a sample: logits
/// are of the mean expectations, which is unbiased. One thread does it all. Each sample has a stream of its own, by its
/// row or number, so that it is drawn the same in any lane, batch and part.
final class TrajectoryRunner: StreamRunner {
  struct Buffers {
    /// A group's encoded states, and those of a run.
    let input, state: UnsafeMutableRawPointer
    let scratch: UnsafeMutableRawPointer
    /// `[draw][lane]`
    let uniforms: UnsafeMutablePointer<Double>
    /// `[lane]`: the sample's row in its file, or its number.
    let rows: UnsafeMutablePointer<Int>
    /// `[lane][logit]`: of a run, and summed over all.
    let expectations, sums: UnsafeMutablePointer<Double>
    /// `[lane][class][class]`: summed products of logits.
    let products: UnsafeMutablePointer<Double>
    /// `[sample of the batch]`
    let certainty: UnsafeMutablePointer<Double>
  }

  let network: Network
  let logits: UnsafeMutablePointer<Double>
  private let trajectories: TrajectoryNetwork
  /// `[logit]`: what reading errors add.
  private let constants: [Double]
  private let classes, runs: Int
  /// `[lane]`
  private let streams: [RandomStream]
  private let seed: UInt64
  /// Samples of the batches before, where they come from no file.
  private var passed = 0
  private let angles: UnsafePointer<Double>
  private let blocks: UnsafeMutablePointer<QubitKraus>
  private let buffers: Buffers

  init(
    _ network: Network, _ trajectories: TrajectoryNetwork, constants: [Double], classes: Int, runs: Int,
    streams: [RandomStream], seed: UInt64, angles: UnsafePointer<Double>, blocks: UnsafeMutablePointer<QubitKraus>,
    buffers: Buffers,
    logits: UnsafeMutablePointer<Double>
  ) {
    self.network = network
    self.trajectories = trajectories
    self.constants = constants
    self.classes = classes
    self.runs = runs
    (self.streams, self.seed) = (streams, seed)
    self.angles = angles
    self.blocks = blocks
    self.buffers = buffers
    self.logits = logits
    prepare(angles: angles)
  }

  var threads: Int { 1 }
  var lanes: Int { trajectories.format.lanes }
  private var m: Int { network.readout.logits }

  /// `[sample of the batch]`: how many standard errors of the mean the largest logit is above the next.
  var certainty: UnsafePointer<Double> { UnsafePointer(buffers.certainty) }

  func input(thread: Int) -> UnsafeMutableRawPointer { buffers.input }

  func groupEncoder(_ encoder: Encoder) -> GroupEncoder {
    GroupEncoder(ansatz: trajectories.ansatz, format: trajectories.format, encoder: encoder, form: .state)
  }

  func prepare(angles: UnsafePointer<Double>) { trajectories.prepare(angles: angles, into: blocks) }

  func forward(_ batch: BatchSource, samples count: Int) {
    pad(batch, count)
    var group = 0
    while group < groupCount(count) {
      switch batch {
      case .chain(let feed, let samples):
        feed.expand(samples + group * lanes * feed.coefficients, thread: 0, into: buffers.input)
      case .stored(let set):
        set.encode(first: group * lanes, lanes: lanes, thread: 0, groupEncoder(set.encoder), into: buffers.input)
      case .threads, .states: preconditionFailure("samples are encoded here")
      }
      var lane = 0
      while lane < lanes {
        note(row: passed + group * lanes + lane, lane: lane)
        lane += 1
      }
      forwardEncoded(group..<group + 1)
      group += 1
    }
    passed += count
  }

  func note(row: Int, lane: Int) { buffers.rows[lane] = row }

  func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask) {
    preconditionFailure("gradients come from exact noise")
  }

  func forwardEncoded(_ groups: Range<Int>) {
    buffers.sums.update(repeating: 0, count: lanes * m)
    buffers.products.update(repeating: 0, count: lanes * classes * classes)
    var lane = 0
    while lane < lanes {
      streams[lane].start(.trajectories, seed: seed, sample: buffers.rows[lane])
      lane += 1
    }
    var run = 0
    while run < runs {
      buffers.state.copyMemory(from: buffers.input, byteCount: trajectories.stateBytes)
      var draw = 0
      while draw < trajectories.draws * lanes {
        buffers.uniforms[draw] = streams[draw % lanes].uniform(0, 1)
        draw += 1
      }
      trajectories.evolve(buffers.state, blocks: blocks, uniforms: buffers.uniforms, scratch: buffers.scratch)
      trajectories.expectations(buffers.state, into: buffers.expectations)
      var lane = 0
      while lane < lanes {
        add(lane)
        lane += 1
      }
      run += 1
    }
    lane = 0
    while lane < lanes {
      finish(lane, sample: groups.lowerBound * lanes + lane)
      lane += 1
    }
  }

  private func add(_ lane: Int) {
    let (values, sums) = (buffers.expectations + lane * m, buffers.sums + lane * m)
    var j = 0
    while j < m {
      values[j] += constants[j]
      sums[j] += values[j]
      j += 1
    }
    network.readout.apply(values)
    let products = buffers.products + lane * classes * classes
    var place = 0
    while place < classes * classes {
      products[place] += values[place / classes] * values[place % classes]
      place += 1
    }
  }

  private func finish(_ lane: Int, sample: Int) {
    let row = logits + sample * m
    var j = 0
    while j < m {
      row[j] = buffers.sums[lane * m + j] / Double(runs)
      j += 1
    }
    network.readout.apply(row)
    let answer = argmax(row, count: classes)
    let products = buffers.products + lane * classes * classes
    var (least, other) = (Double.infinity, 0)
    while other < classes {
      if other != answer {
        let margin = row[answer] - row[other]
        let square =
          (products[answer * classes + answer] - 2 * products[answer * classes + other]
            + products[other * classes + other]) / Double(runs)
        let variance = max(0, square - margin * margin) / Double(max(1, runs - 1))
        least = min(least, variance > 0 ? margin / qkd_sqrt(variance) : margin > 0 ? .infinity : 0)
      }
      other += 1
    }
    buffers.certainty[sample] = least
  }
}
