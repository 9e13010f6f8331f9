extension Int {
    /// For people: "1,234,567".
    package var grouped: String {
        let digits = Array(String(self).reversed())
        let groups = stride(from: 0, to: digits.count, by: 3).map { start in
            String(digits[start..<Swift.min(start + 3, digits.count)])
        }
        return String(groups.joined(separator: ",").reversed())
    }
}
