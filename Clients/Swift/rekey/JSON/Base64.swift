import FoundationEssentials
import RekeyWire

/// Bytes in JSON: written as base64 with padding, read in either alphabet, padded or not (protobuf,
/// "ProtoJSON Format"; RFC 4648, sections 4 and 5).
enum Base64 {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
    }

    /// nil for anything that is not base64.
    static func bytes(_ text: String) -> [UInt8]? {
        var standard = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        if standard.last != UInt8(ascii: "=") {
            standard += Array(repeating: UInt8(ascii: "="), count: (4 - standard.count % 4) % 4)
        }
        return Data(base64Encoded: Data(standard)).map { Array($0) }
    }
}

extension JSONFromWire {
    /// As every protobuf library reads and writes it: 64-bit integers as strings, bytes as base64.
    static var protobuf: JSONFromWire {
        JSONFromWire(bytesText: Base64.text, areWordsNumbers: false)
    }
}
