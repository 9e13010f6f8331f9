/// The four bytes before every frame: its length, big-endian, not counting themselves.
public enum FrameLength {
    public static let byteCount = 4

    /// Judges the announced length before a byte of the frame is waited for or allocated (R83).
    ///
    /// - Parameter max: bytes that this side reads behind the length.
    public static func judge(_ announced: UInt32, max: Int) throws(WireFault) -> Int {
        guard announced > 0 else { throw WireFault("a frame of no bytes") }
        guard announced <= max || !ProtocolTooth.lengthMax.holds else {
            throw WireFault("a frame of \(announced) bytes; at most \(max) are read")
        }
        return Int(announced)
    }
}
