// The text of a key file, version 2. KeyRing+File.swift alone comes in.
//
//     rekey-keys 2
//     link 1 1795464103511 q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA
//     link 2 …
//     code 1 …
//
// - ASCII; every line, the last one too, ends in one LF. There are no comments and no empty lines.
// - The first line names the format and its version.
// - A key line is purpose, number, time and key, one space between them. The purposes are the raw
//   values of KeyPurpose. The number is decimal, 1 to 4294967295, without leading zeros. The time is
//   when the key became the current one, in milliseconds since 1970-01-01T00:00:00Z, decimal, at most
//   15 digits, without leading zeros; or - where that is unknown. The key is 32 bytes in base64url
//   without padding (RFC 4648, section 5): 43 characters.
// - Within a purpose the numbers rise; the last line is the current key. A purpose that does not
//   rotate has one line. The purposes may come in any order, and each has to be there.
//
// Version 1 had no time in its lines. It is read, and never written.

import CSodium
import RekeyCore

extension KeyRingError.Problem: Error {}

extension KeyRing {
    private static let header = "rekey-keys 2"
    private static let headerBeforeTimes = "rekey-keys 1"

    /// The ring that a key file's bytes hold.
    convenience init(text: UnsafeRawBufferPointer) throws(KeyRingError.Problem) {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let hasTimes: Bool
        switch lines.first {
        case .some(let first) where first.elementsEqual(Self.header.utf8): hasTimes = true
        case .some(let first) where first.elementsEqual(Self.headerBeforeTimes.utf8):
            hasTimes = false
        default: throw .version
        }
        // What stands behind the last LF has to be nothing: a file that was cut off ends elsewhere.
        guard lines.removeLast().isEmpty else { throw .malformed(line: lines.count + 1) }
        var keys: [KeyPurpose: [MACKey]] = [:]
        for (index, line) in lines.enumerated().dropFirst() {
            guard
                let (purpose, key) = Self.key(
                    UnsafeRawBufferPointer(rebasing: line), hasTime: hasTimes),
                key.id > keys[purpose]?.last?.id ?? 0,
                purpose.rotates || keys[purpose] == nil
            else { throw .malformed(line: index + 1) }
            keys[purpose, default: []].append(key)
        }
        for purpose in KeyPurpose.allCases where keys[purpose] == nil { throw .missing(purpose) }
        self.init(keys)
    }

    /// The bytes of the ring's key file.
    var text: Secret {
        let lineLengthMax = 40 + Base64.length(of: MACKey.byteCount)
        let keyCount = KeyPurpose.allCases.reduce(0) { $0 + all($1).count }
        var text: [UInt8] = []
        // Enough for all of it: an array that grows leaves a copy behind.
        text.reserveCapacity((keyCount + 1) * lineLengthMax)
        text.append(contentsOf: "\(Self.header)\n".utf8)
        for purpose in KeyPurpose.allCases {
            for key in all(purpose) {
                let time = key.madeAt.map { "\($0.milliseconds)" } ?? Self.unknownTime
                text.append(contentsOf: "\(purpose.rawValue) \(key.id) \(time) ".utf8)
                key.bytes.withBase64(.url) { text.append(contentsOf: $0) }
                text.append(UInt8(ascii: "\n"))
            }
        }
        return Secret(erasing: &text)
    }

    private static func key(
        _ line: UnsafeRawBufferPointer, hasTime: Bool
    ) -> (KeyPurpose, MACKey)? {
        let words = line.split(
            separator: UInt8(ascii: " "), maxSplits: hasTime ? 3 : 2,
            omittingEmptySubsequences: false)
        guard words.count == (hasTime ? 4 : 3), let encoded = words.last,
            let purpose = KeyPurpose(rawValue: String(decoding: words[0], as: UTF8.self)),
            let id = UInt32(strictDecimal: words[1]), id > 0
        else { return nil }
        var madeAt: Timestamp?
        if hasTime, !words[2].elementsEqual(unknownTime.utf8) {
            guard words[2].count <= 15, let time = Int64(strictDecimal: words[2]) else {
                return nil
            }
            madeAt = Timestamp(milliseconds: time)
        }
        return withScratch(MACKey.byteCount) { bytes in
            guard Base64.url.decode(UnsafeRawBufferPointer(rebasing: encoded), into: bytes) else {
                return nil
            }
            return (
                purpose,
                MACKey(id: id, madeAt: madeAt, bytes: Secret(UnsafeRawBufferPointer(bytes)))
            )
        }
    }

    private static let unknownTime = "-"
}

extension FixedWidthInteger {
    /// Decimal digits without a sign and without leading zeros; nil for anything else.
    init?(strictDecimal digits: some Collection<UInt8>) {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.init(String(decoding: digits, as: UTF8.self))
    }
}
