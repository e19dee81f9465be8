import Foundation
import Settings
import TemporaryFolders
import Testing

@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct BinaryTests {
  @Test func helpShowsJobsAndExamples() throws {
    let root = try Binary.run(["--help"])
    #expect(root.code == 0 && root.errors == "")
    for word in ["evaluate (default)", "train", "distill", "plan", "inspect", "EXAMPLES:", "EXIT CODES:"] {
      #expect(root.output.contains(word))
    }
    for job in ["evaluate", "train", "distill", "compress", "reproduce", "plan", "inspect"] {
      let help = try Binary.run([job, "--help"])
      #expect(help.code == 0 && help.errors == "")
      #expect(help.output.contains("EXAMPLES:\n  qkd-run "))
      let examples = help.output.split(separator: "\n").filter { $0.hasPrefix("  qkd-run") }
      #expect(examples.allSatisfy { $0.count <= 80 } && !examples.isEmpty, "an example is wrapped")
      let flags = SettingKey.all.flatMap { key in
        key.flags.filter { flag in Job(rawValue: job).map { key.flag(flag.name, for: $0) != nil } ?? false }
      }
      for flag in flags { #expect(help.output.contains("--\(flag.name) <"), "--\(flag.name) of \(job)") }
    }
    let evaluate = try Binary.run(["evaluate", "--help"]).output
    for flag in ["--inbox <folder>", "--results <folder>", "--done <folder>", "--input <file>"] {
      #expect(evaluate.contains(flag), "\(flag)")
    }
    let plan = try Binary.run(["plan", "--help"]).output
    for flag in SettingKey.all.flatMap(\.flags) { #expect(plan.contains("--\(flag.name) <"), "--\(flag.name)") }
  }

  /// The subcommand is parsed alone where that is enough; people must not see that.
  @Test func wordsComeFromTheRoot() throws {
    for (arguments, words) in [
      (["evaluate", "--nope"], "Usage: qkd-run evaluate"), (["plan", "trian"], "Usage: qkd-run plan"),
      (["--nope"], "qkd-run"), (["--quiet", "--nope", "plan"], "qkd-run"),
    ] {
      let result = try Binary.run(arguments)
      #expect(result.code == 64 && result.output == "" && result.errors.contains(words), "\(arguments)")
    }
    #expect(try Binary.run(["help", "plan"]).output == Binary.run(["plan", "--help"]).output)
    #expect(try Binary.run(["plan", "--help"]).output.contains("USAGE: qkd-run plan"))
    #expect(try Binary.run(["train", "--version"]).output == "0.1.0\n")
    let completions = try Binary.run(["plan", "--generate-completion-script", "bash"])
    #expect(completions.code == 0 && completions.output.contains("_qkd-run_distill"))
    // An option's value may be a subcommand's name; a subcommand may stand behind options that it does not take.
    let named = try Binary.run(["--profile", "plan"])
    #expect(named.code == 66 && named.errors.contains("plan.toml"))
    #expect(try Binary.run(["--predictions", "x.csv", "plan"]).code == 64)
    #expect(try Binary.run(["plan", "plan", "--profile", "x"]).code == 64)
  }

  @Test func version() throws {
    let result = try Binary.run(["--version"])
    #expect(result.code == 0 && result.output == "0.1.0\n" && result.errors == "")
  }

  @Test func keys() throws {
    let result = try Binary.run(["plan", "--keys", "--json"])
    let keys = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(keys.compactMap { $0["key"] as? String } == SettingKey.all.map(\.name))
    #expect(try Binary.run(["plan", "--keys"]).output.contains("host.memory"))
  }

  @Test func unknownKey() throws {
    let folder = TemporaryFolder()
    _ = folder.put("x.toml", Array("seed = 1\n[host]\nmemroy = 3\n".utf8))
    for arguments in [["--profile", "x.toml"], ["evaluate", "-p", "./x.toml"], ["plan", "--profile", "x.toml"]] {
      let result = try Binary.run(arguments, folder: folder.path)
      #expect(result.code == 78 && result.output == "")
      #expect(result.errors.hasSuffix("x.toml:3: unknown key host.memroy; did you mean host.memory?\n"))
    }
    let json = try Binary.run(["--profile", "x.toml", "--log-format", "json"], folder: folder.path)
    #expect(
      json.errors == #"{"level": "error", "message": "x.toml:3: unknown key host.memroy; did you mean host.memory?", "#
        + #""exit_code": 78}"# + "\n")
  }

  @Test func missingProfile() throws {
    let folder = TemporaryFolder()
    let result = try Binary.run(["--profile", "nope"], environment: ["QKD_PROFILE_PATH": "/a:/b"], folder: folder.path)
    #expect(result.code == 66 && result.output == "")
    #expect(
      result.errors.hasPrefix(
        "qkd-run: no profile \"nope\"; looked for /a/nope.toml, /b/nope.toml, /etc/xdg/qkd-run/profiles/"))
    #expect(result.errors.contains("/nope.toml, /etc/qkd-run/profiles/nope.toml, /"))
    #expect(result.errors.contains("/share/qkd-run/profiles/nope.toml; name a file"))
    let file = try Binary.run(["--profile", "./nope.toml"], folder: folder.path)
    #expect(file.code == 66 && file.errors == "qkd-run: no profile \"./nope.toml\"; looked for ./nope.toml\n")
    let directory = try Binary.run(["--profile", folder.path + "/"])
    #expect(directory.code == 66)
  }

  @Test(arguments: [
    (["--threads", "four"], "Error: --threads: host.threads = \"four\": allowed is an integer from 1 to 256\n"),
    (["--batch", "0"], "Error: --batch: evaluation.batch = \"0\": allowed is an integer from 1 to 1048576\n"),
    (["train", "--batch", "0"], "Error: --batch: training.batch = \"0\": allowed is an integer from 1 to 1048576\n"),
    (["--memory", "16 MB"], "Error: --memory: host.memory = \"16 MB\": allowed is 1 to 70368744177664 bytes: "),
    (["--precision", "half"], "Error: --precision: host.precision = \"half\": allowed is one of float32, float64\n"),
    (["--set", "host.memroy=1"], "Error: --set: unknown key host.memroy; did you mean host.memory?\n"),
    (["--set", "seed"], "Error: --set: seed = nothing: allowed is --set KEY=VALUE\n"),
    (["--bogus"], "Error: Unknown option '--bogus'\n"),
    (["plan", "train", "--model", "x"], "Error: --model is not for train\n"),
    (["--format", "xml"], "Error: The value 'xml' is invalid for '--format <format>'."),
    (["--profile", ""], "Error: --profile needs a name\n"),
    (["distil", "--teacher", "t"], "Error: There is no command 'distil'; did you mean distill? there are evaluate, "),
    (["evalute"], "Error: There is no command 'evalute'; did you mean evaluate? "),
    (["help", "nothing"], "Error: There is no command 'nothing'; there are evaluate, train, "),
    (["inspect"], "Error: Missing expected argument '<file>'\n"),
  ])
  func badUsage(_ arguments: [String], _ message: String) throws {
    let result = try Binary.run(arguments)
    #expect(result.code == 64 && result.output == "")
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.errors.contains("\nUsage: qkd-run ") || result.errors.contains("USAGE: qkd-run "))
  }

  @Test func whatIsMissing() throws {
    let model = try Binary.run(["--quiet"])
    #expect(model.code == 64)
    #expect(model.errors == "qkd-run: evaluate needs model.path: give it with --model, or in a profile (--profile)\n")
    #expect(try Binary.run(["distill", "--output", "/tmp/x"]).errors.contains("needs distillation.teacher"))
    #expect(try Binary.run(["--model", "m", "--set", "data.source=file"]).errors.contains("needs data.path"))
    for folders in [["--results", "r"], ["--done", "d"]] {
      let inbox = try Binary.run(["--model", "m"] + folders)
      #expect(inbox.code == 64 && inbox.errors.contains("needs spool.inbox: give it with --inbox, or"), "\(inbox)")
    }
    let misspelled = try Binary.run(["--quiet"], environment: ["QKD_HOST_MEMROY": "1"])
    #expect(misspelled.code == 78 && misspelled.errors.contains("did you mean QKD_HOST_MEMORY?"))
  }

  @Test func models() throws {
    let missing = try Binary.run(["inspect", "/nowhere/m.safetensors"])
    #expect(missing.code == 66 && missing.errors.hasPrefix("qkd-run: /nowhere/m.safetensors: could not be opened: "))
    let folder = TemporaryFolder()
    let damaged = try Binary.run(["inspect", folder.put("m", Array("no model".utf8))])
    #expect(damaged.code == 65 && damaged.errors.contains("is no file of models or logits, or is damaged: "))
  }

  @Test func outputThatCannotBeWritten() throws {
    let full = try Binary.run(["plan", "--keys"], output: FileHandle(forWritingAtPath: "/dev/full"))
    #expect(full.code == 74)
    #expect(full.errors.contains("standard output could not be written: No space left on device"))
    let help = try Binary.run(["--help"], output: FileHandle(forWritingAtPath: "/dev/full"))
    #expect(help.code == 74)
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let left = try Binary.run(["plan", "--keys"], output: pipe.fileHandleForWriting)
    #expect(left.code == 74 && left.errors.contains("Broken pipe"))
  }
}
