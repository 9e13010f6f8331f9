// Damages everything that real journals and a real store left on a disk: every byte, block, length and
// file. Each opening must bring back the identical state, or refuse and change nothing; only the last
// batch of a log, when nothing durable follows it, may be taken for one in flight, and then a copy of
// it is kept. Touches no file.
//
//     damage-sweep [--long] [--seed N] [--only SPECIMEN] [--sample N]
import Glibc

// Set before anything runs, so this program starts itself anew: a recovery's two megabytes are better
// used again than asked of the kernel each time.
if getenv("MALLOC_MMAP_THRESHOLD_") == nil {
    setenv("MALLOC_MMAP_THRESHOLD_", "33554432", 1)
    setenv("MALLOC_TRIM_THRESHOLD_", "268435456", 1)
    setenv("MALLOC_TOP_PAD_", "16777216", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
}
do {
    exit(try Sweep(Array(CommandLine.arguments.dropFirst())).run())
} catch {
    print(error)
    exit(1)
}
