// Cuts the power at every step of recorded runs of the journal and of the embedded store, in every
// way that POSIX allows, and recovers what is left with the real code: all that was acknowledged is
// there, it is a prefix of what was done, and recovering again, or being cut off again while
// recovering, changes nothing. Touches no file.
//
//     crash-states [--long] [--seed N] [--only journal|store|syncs] [--states N]
//     crash-states --state SEED:RUN:OPERATION:CHOICE     one state again, as a failure names it
//     crash-states --teeth                               what Tests/Crash/teeth can leave out
import Glibc

// Set before anything runs, so this program starts itself anew: the order of dictionaries is in what
// the store writes, and a recovery's two megabytes are better used again than asked of the kernel.
if getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    setenv("MALLOC_MMAP_THRESHOLD_", "33554432", 1)
    setenv("MALLOC_TRIM_THRESHOLD_", "268435456", 1)
    setenv("MALLOC_TOP_PAD_", "16777216", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
}
do {
    exit(try Proof(Array(CommandLine.arguments.dropFirst())).run())
} catch {
    print(error)
    exit(1)
}
