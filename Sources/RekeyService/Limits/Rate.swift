import RekeyCore

/// So many in a span of time, by the generic cell rate algorithm (ITU-T I.371, appendix I): of each
/// payer it keeps one instant, when all that was taken will be paid for. What was taken is paid at a
/// steady pace, and nobody owes more than the whole: as many as the limit says pass at once, and after
/// them one for each that was paid. Instants and spans are nanoseconds.
struct Rate {
    /// How long one takes to be paid.
    let interval: Int64
    /// The most that may be owed.
    let capacity: Int64

    init(_ count: Int, per span: Duration) {
        interval = span.nanoseconds / Int64(count)
        capacity = interval * Int64(count)
    }

    /// How long whoever owes until `debt` has to wait for one more; nothing or less: it passes now.
    func wait(_ debt: Int64, at now: Int64) -> Int64 { after(debt, at: now) - now - capacity }

    /// Until when it is owed, once one more was taken.
    func after(_ debt: Int64, at now: Int64) -> Int64 { max(debt, now) + interval }

    /// Until when everybody owes after a start at the instant 0: a quarter of the credit is there at
    /// once, one at least, and the rest comes as time goes by. A restart gives nobody a full one, and
    /// does not stand in the way of an institution either, as a start with none would.
    var debtAtStart: Int64 { capacity - max(interval, capacity / 4) }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
