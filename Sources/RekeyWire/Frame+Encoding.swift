extension Arena {
    /// The frame behind its length, ready to be sent; the bytes live in the arena.
    public func encodeFrame(_ frame: Frame) -> UnsafeRawBufferPointer {
        let bytes = encode(frame, prefix: FrameLength.byteCount)
        let length = UInt32(bytes.count - FrameLength.byteCount)
        bytes.storeBytes(of: length.bigEndian, as: UInt32.self)
        return UnsafeRawBufferPointer(bytes)
    }
}
