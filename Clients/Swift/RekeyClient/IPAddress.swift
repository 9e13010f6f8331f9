import Glibc

/// An IPv4 or IPv6 address as text, and the bytes that a certificate has for it.
enum IPAddress {
    /// 4 or 16 bytes; nil for what is no address in numbers.
    static func bytes(_ text: String) -> [UInt8]? {
        parse(text, AF_INET, 4) ?? parse(text, AF_INET6, 16)
    }

    private static func parse(_ text: String, _ family: Int32, _ byteCount: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            count = inet_pton(family, text, buffer.baseAddress) == 1 ? byteCount : 0
        }
        return bytes.isEmpty ? nil : bytes
    }
}
