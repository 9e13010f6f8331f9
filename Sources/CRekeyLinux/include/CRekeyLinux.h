// CRekeyLinux: what Linux and the processor offer and Swift's Glibc module hides. Each function says
// why it is here. Only RekeyJournal comes in; nothing here keeps state after start.
#ifndef CREKEYLINUX_H
#define CREKEYLINUX_H

#include <stddef.h>
#include <stdint.h>

/// CRC32C (Castagnoli, reflected, RFC 3720 section 12.1) of `count` bytes, in the processor where it
/// can (SSE4.2), else by table. Swift cannot ask the processor at run time.
uint32_t rekey_crc32c(const void *bytes, size_t count);

/// The same by table alone, so that a test can hold one against the other.
uint32_t rekey_crc32c_by_table(const void *bytes, size_t count);

/// An exclusive `flock` without waiting: 0, or errno. Swift sees `flock` as the struct of fcntl.
int rekey_lock_file(int descriptor);

/// Two paths change places in one step (`renameat2`, RENAME_EXCHANGE): 0, or errno. Glibc declares it for
/// _GNU_SOURCE only.
int rekey_exchange_files(const char *path, const char *other);

/// O_DIRECT, which Glibc declares for _GNU_SOURCE only, so that Swift does not see it.
extern const int rekey_o_direct;

/// Names the calling thread (15 characters) and takes the kernel's 50 µs of slack off its timers: a
/// commit waits for company for less than that. `prctl` is variadic, which Swift does not import.
void rekey_enter_thread(const char *name);

#endif
