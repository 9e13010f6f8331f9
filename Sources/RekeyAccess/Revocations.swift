// Certificates that were taken back before their end, and their file: one a line, its fingerprint in
// hexadecimal first, then whatever helps a person. Access looks here; CallerRegistry adds.

struct Revocations: Sendable {
    private var fingerprints: Set<Fingerprint> = []

    init() {}

    init(file path: String) throws(AccessError) {
        let text = try AccessFile.read(path, .trusted)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard let word = line.split(whereSeparator: \.isWhitespace).first, word.first != "#"
            else { continue }
            guard let fingerprint = Fingerprint(word) else {
                throw AccessError(
                    path,
                    "line \(index + 1) does not begin with a certificate's SHA-256 fingerprint; "
                        + "correct it, so that nothing that was taken back is let in")
            }
            fingerprints.insert(fingerprint)
        }
    }

    func contains(_ fingerprint: Fingerprint) -> Bool { fingerprints.contains(fingerprint) }
}
