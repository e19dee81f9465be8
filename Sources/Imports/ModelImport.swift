import Batches
import Files
import Models
import Settings

/// What becomes a model: files, and what is said of them.
public struct ImportRequest: Sendable {
  /// Of the angles.
  public var source: String
  /// The tensor's name; nil: `angles`.
  public var anglesName: String?
  /// The model file to write.
  public var output: String
  /// What flags state, in the one spelling.
  public var stated: [Convention: String] = [:]
  /// A model file whose conventions are meant.
  public var like: String?
  /// Numbers between commas, or an NPY file; nil: of the source, of `like`, or 1 and 0.
  public var scales, biases: String?
  /// NPY files, both or none: rows, and the logits expected of them.
  public var probe, expected: String?
  /// Of the largest expected logit, or of 1 where that is less; nil: by the precision of the expected logits.
  public var tolerance: Double?
  /// What a proof may hold, bytes.
  public var memoryBytes = HostSettings().memoryBytes
  /// Combinations of conventions to try where logits differ.
  public var mostCombinations = ConventionSearch.mostCombinations

  public init(source: String, output: String) {
    self.source = source
    self.output = output
  }
}

/// What was imported.
public struct ImportReport: Sendable {
  public let path: String
  public let sha256: String
  public let model: Model
  public let source: AngleSource
  public let statements: Statements
  /// Where scales and biases come from; nil: nobody gave any, they are 1 and 0.
  public let scalesOrigin, biasesOrigin: Statements.Origin?
  /// nil: nothing was compared.
  public let proof: ProofResult?

  /// Whether the array's gates are no model's, so that equal rotations stand for them.
  public var isConverted: Bool { !Gate.areOfModel(Gate.list(statements.values[.gates]?.text ?? "") ?? []) }

  public var parameters: Int { model.angles.count + model.scales.count + model.biases.count }
}

/// Makes a model file of an array of angles.
public enum ModelImport {
  /// - Returns: after the file was written.
  /// - Throws: `ImportError`; nothing is written then.
  public static func run(_ request: ImportRequest, progress: Progress = .none) throws(ImportError) -> ImportReport {
    let source = try AngleSource(path: request.source, anglesName: request.anglesName)
    let like: (model: Model, digest: String)?
    do { like = try request.like.map { path throws(ModelError) in try Model.read(path: path) } } catch {
      throw .like(path: request.like ?? "", error)
    }
    let statements = try Statements(
      flags: request.stated, metadata: source.stated, like: like?.model, path: source.path)
    let scales = try readout("scales", request.scales, source.scales, like?.model.scales, source.path)
    let biases = try readout("biases", request.biases, source.biases, like?.model.biases, source.path)
    let assembly = Assembly(source: source, scales: scales?.values, biases: biases?.values, like: like?.model)
    let proof = try proof(request, statements)

    let search = { () throws(ImportError) -> ConventionSearch.Outcome? in
      guard let proof else { return nil }
      return try ConventionSearch.outcome(
        assembly, statements, proof, most: request.mostCombinations, progress: progress)
    }
    if !statements.missing.isEmpty { throw .unstated(path: source.path, statements.missing, try search()) }
    var model: Model
    do { model = try assembly.model(statements.texts) } catch {
      throw .unfit(path: source.path, error.what, given: error.given, allowed: error.allowed, try search())
    }
    let result: ProofResult?
    do { result = try proof.map { proof throws(ImportError) in try proof.result(of: model) } } catch {
      guard error.isOfRows, case .session(let reason, _) = error else { throw error }
      throw .session(reason, try search())
    }
    if let result, !result.holds, let outcome = try search() { throw .unproven(path: source.path, result, outcome) }
    model.provenance = provenance(source, statements, like?.digest, proof, result)
    // Which states it takes, and what its output tells, are conventions too.
    for key in [Model.compressorKey, Model.targetKey] { model.provenance[key] = like?.model.provenance[key] }
    let digest = try write(model, to: request.output)
    return ImportReport(
      path: request.output, sha256: digest, model: model, source: source, statements: statements,
      scalesOrigin: scales?.origin, biasesOrigin: biases?.origin, proof: result)
  }

  /// nil without a probe, and where nobody states the observables, without which nothing can be compared.
  private static func proof(_ request: ImportRequest, _ statements: Statements) throws(ImportError) -> Proof? {
    guard let path = request.probe, let expectedPath = request.expected else { return nil }
    let probe = try Probe(path: path, memoryBytes: request.memoryBytes)
    guard let observables = statements.values[.observables]?.text else { return nil }
    let expected = try ExpectedLogits(
      path: expectedPath, rows: probe.fileRows, logits: observables.split(separator: ";").count)
    return Proof(probe, expected, tolerance: request.tolerance, memoryBytes: request.memoryBytes)
  }

  /// - Throws: `ImportError.unfit` where flag and file give different ones.
  private static func readout(
    _ name: String, _ flag: String?, _ own: [Double]?, _ like: [Double]?, _ path: String
  ) throws(ImportError) -> (values: [Double], origin: Statements.Origin)? {
    if let flag {
      let values = try ReadoutSource.read(flag, name)
      if let own, own != values {
        throw .unfit(path: path, "--\(name)", given: flag, allowed: "the file's own, \(own): leave the flag out")
      }
      return (values, .flag)
    }
    return own.map { ($0, .metadata) } ?? like.map { ($0, .like) }
  }

  /// How the model came about. The difference that a proof measured depends on the processor, so it stands in the
  /// report alone.
  private static func provenance(
    _ source: AngleSource, _ statements: Statements, _ like: String?, _ proof: Proof?, _ result: ProofResult?
  ) -> [String: String] {
    var entries = ["by": "qkd-run \(programVersion) import", "source_sha256": source.sha256]
    for convention in [Convention.axes, .gates] {
      let text = statements.values[convention]?.text
      if text != Statements.ownLayout[convention] { entries["source_" + convention.rawValue] = text }
    }
    entries["like_sha256"] = like
    if let proof, let result {
      entries["proof"] = "\(result.rows) of \(result.fileRows) rows, tolerance \(proof.tolerance)"
      entries["proof_rows_sha256"] = proof.probe.sha256
      entries["proof_logits_sha256"] = proof.expected.sha256
    }
    return entries
  }

  /// - Returns: the digest of the file.
  private static func write(_ model: Model, to path: String) throws(ImportError) -> String {
    do throws(ModelError) {
      let file = try model.tensorFile()
      do throws(TensorFileError) { try file.write(path: path) } catch { throw .file(error) }
      return file.digest
    } catch {
      if case .file(.file(let error)) = error { throw .file(error) }
      throw .written(path: path, error)
    }
  }
}
