import Glibc
import Testing

/// Reserving after the layout, and planning with an arena after its seal, must not compile.
@Suite struct SealCompilationTests {
  /// What the compiler says of a function with the given lines, and its exit status.
  private func typecheck(_ lines: String...) throws -> (status: Int32, diagnostics: String) {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let source = (["import Budget", "func run() throws {"] + lines + ["}"]).joined(separator: "\n")
    // The source stands in the command as a here-document, so that no file is left behind.
    // -emit-sil goes as far as the ownership checks, which come after type checking.
    let command = """
      swiftc -emit-sil -swift-version 6 -parse-as-library -I "$(dirname "$(readlink -f /proc/$PPID/exe)")/Modules" \
      -I '\(root)/Sources/CSupport/include' -o /dev/null - 2>&1 <<'END'
      \(source)
      END
      """
    let stream = try #require(popen(command, "r"))
    var diagnostics = ""
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), stream) != nil {
      diagnostics += String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    return (pclose(stream), diagnostics)
  }

  private let reserve = "_ = planner.reserve(\"a\", [], of: Double.self, lifetime: .run, owner: \"Tests\")"

  @Test func reservingAfterTheLayoutIsRefused() throws {
    let fine = try typecheck("var planner = Planner()", reserve, "_ = try planner.layout()")
    #expect(fine.status == 0, "\(fine.diagnostics)")

    let late = try typecheck("var planner = Planner()", reserve, "_ = try planner.layout()", reserve)
    #expect(late.status != 0)
    #expect(late.diagnostics.contains("'planner' used after consume"), "\(late.diagnostics)")

    let twice = try typecheck(
      "var planner = Planner()", reserve, "_ = try planner.layout()", "_ = try planner.layout()")
    #expect(twice.status != 0)
    #expect(twice.diagnostics.contains("'planner' consumed more than once"), "\(twice.diagnostics)")
  }

  @Test func askingASealedArenaForMemoryIsRefused() throws {
    let prepare = [
      "var planner = Planner()", "let a = " + reserve.dropFirst(4), "let arena = try Arena(planner.layout())",
      "_ = arena.buffer(a)",
    ].joined(separator: "\n")
    let fine = try typecheck(prepare, "_ = arena.seal()")
    #expect(fine.status == 0, "\(fine.diagnostics)")

    let late = try typecheck(prepare, "_ = arena.seal()", "_ = arena.buffer(a)")
    #expect(late.status != 0)
    #expect(late.diagnostics.contains("'arena' used after consume"), "\(late.diagnostics)")

    let sealed = try typecheck(prepare, "let sealed = arena.seal()", "_ = sealed.buffer(a)")
    #expect(sealed.diagnostics.contains("value of type 'SealedArena' has no member 'buffer'"), "\(sealed.diagnostics)")
  }
}
