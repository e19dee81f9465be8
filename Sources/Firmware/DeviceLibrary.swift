/// A device's source as a library of a build system: files by their paths in its folder.
public struct DeviceLibrary: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// A library of the Arduino IDE and its command line (specification 1.5).
    case arduino
    /// A module of Zephyr (`zephyr/module.yml`).
    case zephyr
  }

  public let files: [(path: String, text: String)]

  /// - Parameter version: of the program, `0.1.0`.
  public init(_ source: DeviceSource, _ kind: Kind, version: String) {
    let name = source.name
    switch kind {
    case .arduino:
      files = [
        ("src/\(name).h", source.header), ("src/\(name).c", source.body),
        ("library.properties", Self.properties(source, version)),
        ("examples/SelfTest/SelfTest.ino", Self.sketch(source)),
      ]
    case .zephyr:
      files = [
        ("include/\(name).h", source.header), ("src/\(name).c", source.body),
        ("zephyr/module.yml", "name: \(name)\nbuild:\n  cmake: zephyr\n  kconfig: zephyr/Kconfig\n"),
        ("zephyr/Kconfig", Self.option(source)), ("zephyr/CMakeLists.txt", Self.build(source)),
      ]
    }
  }

  private static func properties(_ source: DeviceSource, _ version: String) -> String {
    """
    name=\(source.name)
    version=\(version)
    author=\(source.maker)
    maintainer=\(source.maker)
    sentence=A distilled quantum neural network, evaluated on the board.
    paragraph=\(source.stateBytes) bytes of static RAM, \(source.tableBytes) of constants; model \(source.digest)
    category=Data Processing
    url=https://arxiv.org/abs/2603.21586
    architectures=*
    includes=\(source.name).h

    """
  }

  private static func sketch(_ source: DeviceSource) -> String {
    """
    #include <\(source.name).h>

    static float sample[\(source.upper)_INPUTS];

    void setup() {
      Serial.begin(9600);
      while (!Serial) {
      }
      /* Below 1e-5 where the board computes as the model does. */
      Serial.println(\(source.name)_self_test(sample), 9);
    }

    void loop() {}

    """
  }

  private static func option(_ source: DeviceSource) -> String {
    """
    config \(source.upper)
    \tbool "Quantum neural network \(source.name)"
    \thelp
    \t  \(source.stateBytes) bytes of static RAM, \(source.tableBytes) of constants.

    """
  }

  private static func build(_ source: DeviceSource) -> String {
    """
    if(CONFIG_\(source.upper))
      zephyr_include_directories(../include)
      zephyr_library()
      zephyr_library_sources(../src/\(source.name).c)
    endif()

    """
  }
}
