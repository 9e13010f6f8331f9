// Key rings that rest in a file: made at installation, read at every start.

public import RekeyCore

extension KeyRing {
    /// Makes a ring of new keys and writes it to a new file, mode 0600, durable on return.
    ///
    /// A file that is there already is left alone and reported.
    public static func create(
        at path: String, randomness: some Randomness, now: Timestamp? = nil
    ) throws(KeyRingError) -> KeyRing {
        let ring = KeyRing(randomness: randomness, now: now)
        try ring.write(to: path)
        return ring
    }

    /// Writes this ring to a new file, as `create` does.
    public func write(to path: String) throws(KeyRingError) {
        try KeyFile.create(path, holding: text)
    }

    /// Puts this ring in the place of the one in a file: a crash leaves the one or the other.
    public func replace(at path: String) throws(KeyRingError) {
        try KeyFile.replace(path, holding: text)
    }

    /// Reads a ring from its file.
    ///
    /// Refused: a file that group or others can read or write, or that belongs to neither the
    /// running user nor root (R49); a version or a line that this release does not know; a purpose
    /// without a key.
    public static func load(_ path: String) throws(KeyRingError) -> KeyRing {
        let text = try KeyFile.read(path)
        do {
            return try text.withBytes { bytes throws(KeyRingError.Problem) in
                try KeyRing(text: bytes)
            }
        } catch {
            throw KeyRingError(path: path, problem: error)
        }
    }
}
