import Testing

@Suite struct AllocationMarkTests {
  private func findings(_ text: String, genericNames: Set<String> = standardGenericNames) -> String {
    allocationMarkFindings("Sources/Kernel/A.swift", text, genericNames: genericNames).text
  }

  @Test func namesTheFunction() {
    let text = """
      /* public func commented() {} /* nested */
      */ import CSupport

      public func evolve(_ state: UnsafeMutablePointer<Double>, then next: (Int) -> Void = { _ in }) -> Int {
        func inner() {}
        var local: Int { 1 }
        return local
      }
      @_noAllocation
      @inlinable public func marked() {}
      func internalOne() {}
      public enum Gate {
        public static func rotate(_ angle: Double) throws(Failure) {}
        @_noAllocation public static func flip() {}
        public static func == (left: Gate, right: Gate) -> Bool { true }
        public static prefix func - (gate: Gate) -> Gate { gate }
      }
      """
    #expect(
      findings(text) == """
        Sources/Kernel/A.swift:4: public func evolve lacks @_noAllocation
        Sources/Kernel/A.swift:13: public func rotate lacks @_noAllocation
        Sources/Kernel/A.swift:15: public func == lacks @_noAllocation
        Sources/Kernel/A.swift:16: public func - lacks @_noAllocation
        """)
  }

  @Test func namesInitialisersSubscriptsAndAccessors() {
    let text = """
      public struct Table: ~Copyable {
        public let entries: UnsafeMutablePointer<Double>
        public private(set) var count = { 3 }()
        public static let zero = Table.init(count: 0)
        public init(count: Int) { self.count = count }
        @_noAllocation public init?(_ other: Int) { nil }
        public subscript(index: Int) -> Double { entries[index] }
        public subscript(lane lane: Int) -> Double {
          @_noAllocation get { entries[lane] }
          set(value) { entries[lane] = value }
        }
        public var bytes: Int { count * 8 }
        public var last: Double {
          get { entries[count - 1] }
          @_noAllocation _modify { yield &entries[count - 1] }
        }
        deinit { "public func f() {}".use() }
      }
      """
    #expect(
      findings(text) == """
        Sources/Kernel/A.swift:5: public init lacks @_noAllocation
        Sources/Kernel/A.swift:7: public subscript lacks @_noAllocation
        Sources/Kernel/A.swift:10: public subscript: `set` lacks @_noAllocation
        Sources/Kernel/A.swift:14: public var last: `get` lacks @_noAllocation
        """)
  }

  @Test func namesWhatAnExtensionMakesPublic() {
    let text = """
      public extension Double {
        func first() {}
        private func second() {}
      }
      extension SIMD4 where Scalar == Double {
        public func total() -> Double { 0 }
      }
      """
    #expect(
      findings(text) == """
        Sources/Kernel/A.swift:2: public func first lacks @_noAllocation
        Sources/Kernel/A.swift:6: public func total lacks @_noAllocation
        """)
  }

  @Test func leavesGenericCodeToItsEntryPoints() {
    let text = """
      public protocol LaneVector {
        associatedtype Scalar
        static var lanes: Int { get }
        func adding(_ a: Self, times b: Self) -> Self
        init(repeating: Scalar)
      }
      extension LaneVector { public func sum() -> Scalar { self[0] } }
      extension SIMD where Self: LaneVector { public static func load() -> Self { .zero } }
      extension SIMD8: LaneVector where Scalar: FloatingPoint { public init(repeating: Scalar) {} }
      public struct Pass<Vector: LaneVector> {
        public init() {}
        public struct Inner { public func run() {} }
      }
      extension Pass { public func run() {} }
      public func evolve<Vector: LaneVector>(_ state: Vector) {}
      public func measure(_ state: some LaneVector) {}
      public struct Plain {
        public init<Vector: LaneVector>(_ vector: Vector) {}
        public static func < <Vector: LaneVector>(left: Vector, right: Vector) -> Bool { true }
      }
      """
    #expect(genericNames(text) == ["LaneVector", "Pass"])
    #expect(findings(text, genericNames: standardGenericNames.union(genericNames(text))) == "")
    #expect(
      findings("extension Pass { public func run() {} }")
        == "Sources/Kernel/A.swift:1: public func run lacks @_noAllocation")
  }

  @Test func holdsInTheCheckout() {
    let kernel = SourceTree.files("Sources/Kernel").filter { $0.path.hasSuffix(".swift") }
    #expect(!kernel.isEmpty)
    let names = kernel.reduce(standardGenericNames) { $0.union(genericNames($1.text)) }
    #expect(kernel.flatMap { allocationMarkFindings($0.path, $0.text, genericNames: names) }.text == "")
  }
}
