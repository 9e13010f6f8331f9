/// Until when each payer owes, in memory of a fixed size.
///
/// A payer has its place in one of many short buckets, which a keyed hash names: nobody can choose the
/// bucket of somebody else. A debt that was paid is as good as none, so its place is free; where all of a
/// bucket is owed, the smallest debt goes. So whoever has many addresses can push out nobody who owes
/// more than they do, and each push costs them a credit of their caller and of the whole, which at the
/// default limits are used up before the table is.
struct DebtTable {
    private struct Entry {
        var payer: UInt64
        var debt: Int64
    }

    private static let bucketSize = 16

    /// What is owed by whoever has no place.
    private let debtOfOthers: Int64
    private var entries: [Entry]

    /// - Parameter places: a multiple of 16.
    init(places: Int, debtOfOthers: Int64) {
        precondition(places > 0 && places % Self.bucketSize == 0)
        self.debtOfOthers = debtOfOthers
        entries = Array(repeating: Entry(payer: 0, debt: .min), count: places)
    }

    subscript(payer: Payer) -> Int64 {
        get {
            guard let found = bucket(of: payer).first(where: { isOf(payer, $0) }) else {
                return debtOfOthers
            }
            return max(entries[found].debt, debtOfOthers)
        }
        set {
            let bucket = bucket(of: payer)
            let place =
                bucket.first { isOf(payer, $0) }
                ?? bucket.min { entries[$0].debt < entries[$1].debt } ?? bucket.lowerBound
            entries[place] = Entry(payer: payer.name, debt: newValue)
        }
    }

    private func isOf(_ payer: Payer, _ place: Int) -> Bool { entries[place].payer == payer.name }

    private func bucket(of payer: Payer) -> Range<Int> {
        let count = UInt64(entries.count / Self.bucketSize)
        let first = Int(payer.bucket % count) * Self.bucketSize
        return first..<first + Self.bucketSize
    }
}
