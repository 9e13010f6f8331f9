import RekeyCore

extension String {
    /// The same text as one line that reads in one direction (R11): each scalar that is not plain
    /// (see `isPlain`: a line end, another control, a bidirectional control) becomes one space.
    var oneLine: String {
        String(UnicodeScalarView(unicodeScalars.map { $0.isPlain ? $0 : " " }))
    }
}
