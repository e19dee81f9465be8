/// FNV-1a of 64 bits: tells names and lines apart that nobody made to be confused. Allocates nothing.
@inlinable
public func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
