// swift-tools-version: 6.1
import PackageDescription

// The processor the build is for: this one unless QKD_CPU names another (x86-64-v2, x86-64-v3, cortex-a72, …). Every
// module gets the same flags, because SIMD values must not cross between modules that were built for different
// processors. QKD_VECTOR_BYTES=64 gives a build the lanes and layouts of a processor with vectors of 64 bytes, so that
// tests see them on any.
let cpu = Context.environment["QKD_CPU"] ?? "native"
#if arch(arm64)
  let host = "aarch64"
#else
  let host = "x86_64"
#endif
let processor = Context.environment["QKD_ARCHITECTURE"] ?? host
let cpuFlag = (processor == "aarch64" ? "-mcpu=" : "-march=") + cpu
let vectorBytes = Context.environment["QKD_VECTOR_BYTES"] ?? ""
let targetFlags = [cpuFlag] + (vectorBytes.isEmpty ? [] : ["-DQKD_VECTOR_BYTES=\(vectorBytes)"])
let swiftSettings: [SwiftSetting] = [.unsafeFlags(targetFlags.flatMap { ["-Xcc", $0] })]
let cSettings: [CSetting] = [.unsafeFlags(targetFlags), .define("QKD_CPU", to: "\"\(cpu)\"")]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

// tools/fuzz alone builds the fuzz targets; QKD_FUZZ names the folder of the compiler's sanitizers.
let fuzzing = Context.environment["QKD_FUZZ"].map { sanitizers in
  [
    Target.systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer", "CZlib", "Commands", "Reports", "Experiments", "Training", "Circuits", "Imports", "Batches",
        "Settings", "Budget", "Files", "Kernel", "Samples", "Models", "Devices",
      ],
      path: "Tests/Fuzz/Driver", swiftSettings: swiftSettings,
      linkerSettings: [
        .unsafeFlags(["-sanitize=address", "-Xlinker", "\(sanitizers)/libclang_rt.fuzzer_no_main-\(processor).a"]),
        .linkedLibrary("stdc++"),
      ]),
  ]
}

let package = Package(
  name: "qkd-run",
  products: [.executable(name: "qkd-run", targets: ["qkd-run"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMessageDigest", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
    .target(name: "CSupport", cSettings: cSettings),
    // For any processor: it looks whether this one has what the others need.
    .target(name: "CProcessor", dependencies: ["CSupport"]),
    module("Kernel", ["CSupport"]),
    module("Files", ["CSupport"]),
    module("Budget", ["CSupport"]),
    module("Spectra", ["Budget", "CGSL", "CSupport"]),
    module("Samples", ["Files", "CSupport", "CZlib"]),
    module("Models", ["Files", "Kernel", "CSupport", "CMessageDigest"]),
    module("Devices", ["Files", "Kernel"]),
    module("Settings", ["Kernel", "Files", "Budget", "Spectra", "Samples", "Models", toml]),
    module(
      "Batches",
      ["Kernel", "Budget", "Spectra", "Samples", "Models", "Devices", "Files", "Settings", "CGSL", "CSupport"]),
    module("Imports", ["Batches", "Samples", "Models", "Files", "Kernel", "Budget", "Settings", "CSupport"]),
    module("Measurement", ["Batches", "Kernel", "Budget", "Models", "CGSL"]),
    module("Circuits", ["Measurement", "Kernel", "Files", "Models"]),
    module("Firmware", ["Circuits", "Kernel", "Files", "Models", "CSupport"]),
    module(
      "Training",
      [
        "Measurement", "Batches", "Kernel", "Budget", "Spectra", "Samples", "Models", "Files", "Settings", "CGSL",
        "CSupport",
      ]),
    module(
      "Evaluation",
      [
        "Measurement", "Batches", "Devices", "Kernel", "Budget", "Spectra", "Samples", "Models", "Files", "Settings",
        "CGSL",
        "CSupport",
      ]),
    module(
      "Experiments",
      [
        "Training", "Measurement", "Batches", "Kernel", "Budget", "Spectra", "Samples", "Models", "Files", "Settings",
        "CGSL", "CSupport",
      ]),
    module("Bench", ["Batches", "Kernel", "Budget", "Spectra", "Samples", "Models", "Files", "CSupport"]),
    module(
      "Sessions",
      ["Training", "Evaluation", "Experiments", "Batches", "Kernel", "Budget", "Models", "Files", "Settings"]),
    module(
      "Reports",
      [
        "Sessions", "Bench", "Training", "Evaluation", "Experiments", "Imports", "Batches", "Settings", "Budget",
        "Files", "Samples", "Spectra", "Models", "CSupport",
      ]),
    module(
      "Commands",
      [
        "Reports", "Sessions", "Bench", "Evaluation", "Experiments", "Firmware", "Circuits", "Imports", "Batches",
        "Settings", "Files", "Kernel", "Samples", "Models", "CSupport", argumentParser,
      ]),
    .executableTarget(
      name: "qkd-run", dependencies: ["Commands", "CProcessor"], swiftSettings: swiftSettings,
      // One file without any shared library: it runs on hosts that have none of them, and its headers say what it
      // takes. The C library's malloc and ours, which counts, both define the name; the first wins.
      linkerSettings: [
        .unsafeFlags(["-static-executable", "-Xlinker", "--allow-multiple-definition"]),
        .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationCShims"),
        .linkedLibrary("swiftSynchronization"),
      ]),
    .executableTarget(name: "faults", path: "Tests/Faults"),
    .target(name: "TemporaryFolders", path: "Tests/TemporaryFolders", swiftSettings: swiftSettings),
    tests("KernelTests", ["Kernel", "Devices", "CSupport"]),
    tests("FilesTests", ["Files", "CSupport", "TemporaryFolders"]),
    tests("BudgetTests", ["Budget"]),
    tests("SpectraTests", ["Spectra", "Budget", "CGSL", "CSupport"]),
    tests("SamplesTests", ["Samples", "CSupport", "TemporaryFolders"]),
    tests("ModelsTests", ["Models", "Kernel", "Files", "CSupport", "TemporaryFolders"]),
    tests("ImportsTests", ["Imports", "Reports", "Models", "Kernel", "Files", "TemporaryFolders"]),
    tests("DevicesTests", ["Devices", "Files", "Kernel", "TemporaryFolders"]),
    tests("MeasurementTests", ["Measurement", "Batches", "Budget", "Kernel", "Models", "CGSL"]),
    tests("CircuitsTests", ["Circuits", "Kernel", "Models"]),
    tests("SettingsTests", ["Settings", "Kernel"]),
    tests("EvaluationTests", ["Evaluation"]),
    tests("ExperimentsTests", ["Experiments", "CSupport"]),
    tests(
      "SessionsTests",
      [
        "Sessions", "Training", "Evaluation", "Experiments", "Batches", "Settings", "Kernel", "Budget", "Files",
        "Samples", "Spectra", "Models", "CSupport", "TemporaryFolders",
      ]),
    tests(
      "CommandsTests",
      [
        "Reports", "Sessions", "Training", "Evaluation", "Batches", "Settings", "Budget", "Files", "Kernel", "Samples",
        "Spectra", "Models", "TemporaryFolders",
      ]),
    tests("TidyTests", []),
  ] + (fuzzing ?? []),
  swiftLanguageModes: [.v6]
)
