// For the proof strace-faults, which loads it before rekeyd: every pread and pwrite of more than a
// sector does half of what was asked for, as a kernel may. strace cannot do this: it fakes the
// result of a call that it leaves out. Says so on standard error, so that it is known to happen.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/types.h>

enum { sector_bytes = 512 };

static size_t shortened(size_t count) {
    if (count <= sector_bytes) return count;
    dprintf(2, "SHORTENED\n");
    return count / 2 / sector_bytes * sector_bytes;
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
    static ssize_t (*next)(int, void *, size_t, off_t);
    if (!next) next = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
    return next(descriptor, bytes, shortened(count), offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    static ssize_t (*next)(int, const void *, size_t, off_t);
    if (!next) next = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    return next(descriptor, bytes, shortened(count), offset);
}
