// For the proof no-memory, which loads it before rekeyd: while the file that NO_MEMORY_WHILE names
// exists, as many MiB as it says, or more, are not to be had at once. So argon2id gets none, and
// nothing else asks for so much. Says so on standard error, so that it is known to happen.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int is_refused(size_t bytes) {
    enum { mebibyte = 1 << 20 };
    const char *name = getenv("NO_MEMORY_WHILE");
    if (bytes < mebibyte || !name) return 0;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[16] = {0};
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    long least = count > 0 ? atol(text) : 0;
    if (least <= 0 || bytes / mebibyte < (size_t)least) return 0;
    dprintf(2, "NO MEMORY: %zu MiB\n", bytes / mebibyte);
    return 1;
}

void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) {
    static void *(*next)(void *, size_t, int, int, int, off_t);
    if (!next) next = (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
    if ((flags & MAP_ANONYMOUS) && is_refused(bytes)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return next(address, bytes, protection, flags, file, offset);
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
    static int (*next)(void **, size_t, size_t);
    if (!next) next = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
    return is_refused(bytes) ? ENOMEM : next(memory, alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    static void *(*next)(size_t, size_t);
    if (!next) next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
    if (is_refused(bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return next(alignment, bytes);
}
