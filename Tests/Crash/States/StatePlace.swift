// Where a crash state stands, as it is printed and as it is given to `--state`.

/// `SEED:RUN:OPERATION:CHOICE`.
struct StatePlace {
    let seed: UInt64
    let run: String
    let operation: Int
    let choice: Int

    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 4, let seed = UInt64(parts[0]), let operation = Int(parts[2]),
            let choice = Int(parts[3])
        else { return nil }
        (self.seed, run, self.operation, self.choice) = (seed, parts[1], operation, choice)
    }
}

/// What broke, and after which change and choice.
struct Located: Error {
    let place: String
    let message: String
}
