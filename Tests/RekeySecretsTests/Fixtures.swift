// What several tests of this room need: rings of known keys, hexadecimal, a folder that goes away.

import Foundation
import RekeyCore

@testable import RekeySecrets

/// A ring whose keys are one byte 32 times: 1 for the first purpose, 2 for the second …
func knownRing(replacing: [KeyPurpose: [MACKey]] = [:]) -> KeyRing {
    var keys = replacing
    for (index, purpose) in KeyPurpose.allCases.enumerated() where keys[purpose] == nil {
        keys[purpose] = [knownKey(7, UInt8(index + 1))]
    }
    return KeyRing(keys)
}

func knownKey(_ id: UInt32, _ byte: UInt8) -> MACKey {
    MACKey(id: id, bytes: Secret([UInt8](repeating: byte, count: MACKey.byteCount)))
}

let knownSubject = SubjectID(rawValue: 0x0001_0203_0405_0607_0809_0A0B_0C0D_0E0F)
let knownReset = ResetID(rawValue: 0x1011_1213_1415_1617_1819_1A1B_1C1D_1E1F)

extension Secret {
    convenience init(_ text: String) { self.init(Array(text.utf8)) }

    var bytes: [UInt8] { withBytes { Array($0) } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension NormalizedPassword {
    init(_ text: String) throws { try self.init(Secret(text)) }
}

func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

func dumped(_ value: Any) -> String {
    var text = "\(value) \(String(reflecting: value)) "
    dump(value, to: &text)
    return text
}

/// Lends a new folder of mode 0700, and removes it.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("rekey-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
