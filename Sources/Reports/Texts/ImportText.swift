import Files
import Imports
import Settings

extension ImportReport {
  /// The results, a line each.
  public var text: String {
    var table = TextTable([.left, .left])
    table.add(["model", "\(path) (written, \(groupedText(parameters)) parameters)"])
    table.add(["sha256", sha256])
    table.add(["angles", "\(source.path), \(source.format) \(source.shape)"])
    table.add(["their sha256", source.sha256])
    for (convention, statement) in stated {
      // So short that digests fit.
      let name =
        convention == .entanglingGate ? "on each pair" : String(convention.rawValue.map { $0 == "_" ? " " : $0 })
      table.add([name, "\(statement.text) (\(Self.text(statement.origin)))"])
    }
    if isConverted { table.add(["converted", "blocks to RX, RY, RZ, up to global phase"]) }
    for (name, values, origin) in readout {
      let numbers = values.prefix(4).map(shortestText).joined(separator: ", ") + (values.count > 4 ? ", …" : "")
      table.add([name, "\(numbers) (\(origin.map(Self.readoutText) ?? "not given"))"])
    }
    table.add(["proof", proof?.text ?? "none: --probe and --expect compare logits"])
    return table.text
  }

  public var json: JSON {
    let made: [(String, JSON)] = [
      ("job", .string("import")), ("model", .string(path)), ("model_sha256", .string(sha256)),
      ("parameters", .integer(parameters)), ("source", .string(source.path)),
      ("source_format", .string(source.format)), ("source_shape", .array(source.shape.map(JSON.integer))),
      ("source_sha256", .string(source.sha256)),
    ]
    let said: [(String, JSON)] = [
      ("conventions", .object(stated.map { ($0.rawValue, .string($1.text)) })),
      ("stated_by", .object(stated.map { ($0.rawValue, .string(Self.text($1.origin))) })),
      ("converted", .boolean(isConverted)),
    ]
    let readout: [(String, JSON)] = readout.flatMap { name, values, origin -> [(String, JSON)] in
      [
        (name, .array(values.map(JSON.number))),
        (name + "_from", .string(origin.map(Self.readoutText) ?? "not given")),
      ]
    }
    return .object(made + said + readout + [("proof", proof?.json ?? .null), ("version", .string(programVersion))])
  }

  private var stated: [(Convention, Statements.Statement)] {
    Convention.allCases.compactMap { convention in statements.values[convention].map { (convention, $0) } }
  }

  private var readout: [(name: String, values: [Double], origin: Statements.Origin?)] {
    [("scales", model.scales, scalesOrigin), ("biases", model.biases, biasesOrigin)]
  }

  private static func text(_ origin: Statements.Origin) -> String {
    switch origin {
    case .flag: "flag"
    case .metadata: "metadata"
    case .like: "--like"
    case .absent: "default"
    }
  }

  private static func readoutText(_ origin: Statements.Origin) -> String {
    origin == .metadata ? "its tensor" : text(origin)
  }
}

extension ProofResult {
  var text: String {
    "\(groupedText(rows)) of \(groupedText(fileRows)) rows differ by at most \(shortText(difference)), allowed is "
      + shortText(allowed)
  }

  var json: JSON {
    .object([
      ("rows", .integer(rows)), ("file_rows", .integer(fileRows)), ("difference", .number(difference)),
      ("row", .integer(row)), ("logit", .integer(logit)), ("allowed", .number(allowed)),
      ("allocations_after_seal", .optional(allocationsAfterSeal)),
    ])
  }
}
