// Whose a journal is, without opening it. `rekeyd keys` comes in.

extension Journal {
    /// The tag that the journal in `directory` was created with. It never changes, so whoever has the
    /// journal open need not be asked. Throws `.notFound`, `.unknownVersion`, `.corrupt` or `.disk`.
    public static func tag(directory: String, disk: any Disk) throws(JournalError) -> [UInt8] {
        let layout = Layout(directory: directory)
        try requireManifest(layout, disk)
        return try Manifest.read(from: layout, on: disk).tag
    }
}
