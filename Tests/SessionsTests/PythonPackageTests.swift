import Glibc
import Testing

/// The Python package's own tests, against the program that is under test: the tool would build one otherwise.
@Suite(
  .enabled(
    if: getenv("QKD_RUN_BINARY") != nil && Tool.canTestPython,
    "needs QKD_RUN_BINARY, and tools/install-dependencies --for-pip"))
struct PythonPackageTests {
  @Test func allPass() {
    let (status, text) = Tool("python-tests").run("")
    #expect(status == 0 && text.contains(" passed") && !text.contains("skipped"), "\(text)")
  }
}
