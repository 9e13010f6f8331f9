import Crypto
import SwiftASN1
import X509

/// What names one certificate among all: the SHA-256 of its DER.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    init(of der: some Sequence<UInt8>) { bytes = Array(SHA256.hash(data: Array(der))) }

    init(of certificate: Certificate) throws(AccessError) {
        do {
            var der = DER.Serializer()
            try der.serialize(certificate)
            self.init(of: der.serializedBytes)
        } catch {
            throw AccessError("the certificate", "cannot be written: \(error)")
        }
    }

    /// 64 hexadecimal digits, with colons between them or without, as openssl and others print it.
    public init?(_ text: some StringProtocol) {
        let digits = String(text.filter { $0 != ":" })
        guard digits.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = digits[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16), rest.first != "+" else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        self.bytes = bytes
    }

    /// In lower case, without colons.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
