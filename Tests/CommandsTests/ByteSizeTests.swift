import Reports
import Settings
import Testing

@Suite struct ByteSizeTests {
  @Test(arguments: [
    ("0", 0), ("65536", 65536), ("64 KiB", 65536), ("64KiB", 65536), ("16 MiB", 16 << 20), ("2 GiB", 2 << 30),
    ("1.5 MiB", 3 << 19), ("0.5 KiB", 512), ("9223372036854775807", Int.max),
  ])
  func reads(_ text: String, _ bytes: Int) { #expect(ByteSize.parse(text) == bytes) }

  @Test(arguments: [
    "", " ", "KiB", "-1", "-1 KiB", "+1", "1 kB", "1 MB", "1 mib", "16 MiB ", " 16 MiB", "1.5", "0.1 KiB", ".5 MiB",
    "1. MiB", "1.5.5 MiB", "1e3", "0x10", "16 MiB MiB", "9223372036854775808", "8589934592 GiB",
    "8589934591.999999999 GiB", "١٦ MiB", "nan", "1,024",
  ])
  func refuses(_ text: String) { #expect(ByteSize.parse(text) == nil) }

  @Test func writes() {
    #expect(ByteSize.text(16 << 20) == "16,777,216 bytes (16.0 MiB)")
    #expect(ByteSize.text(1023) == "1,023 bytes (1023 B)")
    #expect(ByteSize.short(1024) == "1.0 KiB")
    #expect(ByteSize.short(3 << 29) == "1.5 GiB")
    #expect(ByteSize.short(0) == "0 B")
  }
}
