// For the proof replaced-ring, which loads it before rekeyd: the n-th CHANGE_CALL on files that are
// called like CHANGE_PATH, of whichever thread, is where the process is killed, or fails with the
// errno CHANGE_ERROR, unless that is 0. strace cannot do this: it counts for each thread on its own,
// and knows no wildcards. The file CHANGES gets a line for each call that changes anything before it
// is made, with "HERE" behind the one that is meant.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Whether it is the one that is meant.
static int is_meant(const char *call, const char *path) {
    static atomic_long made;
    const char *named = getenv("CHANGE_CALL"), *pattern = getenv("CHANGE_PATH");
    const char *number = getenv("CHANGE_NUMBER");
    return named && pattern && number && strcmp(named, call) == 0 &&
           fnmatch(pattern, path, FNM_PATHNAME) == 0 &&
           atomic_fetch_add(&made, 1) + 1 == atol(number);
}

// 0, or the errno that this call fails with. Uses no function that is replaced below.
static int change(const char *call, const char *path) {
    const char *list = getenv("CHANGES"), *error = getenv("CHANGE_ERROR");
    if (!list) return 0;
    int is_here = is_meant(call, path);
    char line[PATH_MAX + 64];
    int count = snprintf(line, sizeof line, "%s %s%s\n", call, path, is_here ? " HERE" : "");
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    long file = syscall(SYS_openat, AT_FDCWD, list, flags, 0600);
    syscall(SYS_write, file, line, (size_t)count);
    syscall(SYS_close, file);
    int wanted = is_here && error ? atoi(error) : 0;
    if (!is_here || wanted != 0) return wanted;
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

// Only what is a file: not what is said on a terminal or a pipe.
static int change_of(const char *call, int file) {
    struct stat status;
    int before = errno;
    if (fstat(file, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
        errno = before;
        return 0;
    }
    char link[64], path[PATH_MAX] = "?";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long count = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    path[count > 0 ? count : 1] = 0;
    errno = before;
    return change(call, path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_IF(fault)                     \
    do {                                   \
        int fault_of_it = (fault);         \
        if (fault_of_it != 0) {            \
            errno = fault_of_it;           \
            return -1;                     \
        }                                  \
    } while (0)

// A call on a path, or on an open file, with further arguments.
#define ON_PATH(name, path, given, ...)        \
    int name given {                           \
        FAIL_IF(change(#name, path));          \
        return NEXT(name)(__VA_ARGS__);        \
    }
#define ON_FILE(kind, name, given, ...)        \
    kind name given {                          \
        FAIL_IF(change_of(#name, file));       \
        return NEXT(name)(file, __VA_ARGS__);  \
    }
#define ON_FILE_ALONE(name)                    \
    int name(int file) {                       \
        FAIL_IF(change_of(#name, file));       \
        return NEXT(name)(file);               \
    }

#define MODE_OF(flags)                                              \
    mode_t mode = 0;                                                \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                        \
        va_list more;                                               \
        va_start(more, flags);                                      \
        mode = va_arg(more, mode_t);                                \
        va_end(more);                                               \
    }                                                               \
    if ((flags) & (O_CREAT | O_TRUNC)) FAIL_IF(change("open", path))

int open(const char *path, int flags, ...) {
    MODE_OF(flags);
    return NEXT(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE_OF(flags);
    return NEXT(open64)(path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
    MODE_OF(flags);
    return NEXT(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE_OF(flags);
    return NEXT(openat64)(folder, path, flags, mode);
}

ON_FILE(ssize_t, write, (int file, const void *bytes, size_t count), bytes, count)
ON_FILE(ssize_t, writev, (int file, const struct iovec *parts, int count), parts, count)
ON_FILE(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), bytes, count, at)
ON_FILE(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off_t at), bytes, count, at)
ON_FILE(ssize_t, pwritev, (int file, const struct iovec *parts, int count, off_t at),
        parts, count, at)
ON_FILE(ssize_t, pwritev2, (int file, const struct iovec *parts, int count, off_t at, int flags),
        parts, count, at, flags)
ON_FILE_ALONE(fsync)
ON_FILE_ALONE(fdatasync)
ON_FILE(int, sync_file_range, (int file, off64_t at, off64_t count, unsigned flags),
        at, count, flags)
ON_FILE(int, ftruncate, (int file, off_t size), size)
ON_FILE(int, ftruncate64, (int file, off_t size), size)
ON_FILE(int, fallocate, (int file, int mode, off_t at, off_t count), mode, at, count)
ON_FILE(int, fchmod, (int file, mode_t mode), mode)

// Gives the error itself.
int posix_fallocate(int file, off_t at, off_t count) {
    int fault = change_of("posix_fallocate", file);
    return fault ? fault : NEXT(posix_fallocate)(file, at, count);
}

ON_PATH(rename, path, (const char *path, const char *to), path, to)
ON_PATH(renameat, path, (int folder, const char *path, int other, const char *to),
        folder, path, other, to)
ON_PATH(renameat2, path, (int folder, const char *path, int other, const char *to, unsigned flags),
        folder, path, other, to, flags)
ON_PATH(link, path, (const char *path, const char *to), path, to)
ON_PATH(linkat, path, (int folder, const char *path, int other, const char *to, int flags),
        folder, path, other, to, flags)
ON_PATH(symlink, path, (const char *target, const char *path), target, path)
ON_PATH(unlink, path, (const char *path), path)
ON_PATH(unlinkat, path, (int folder, const char *path, int flags), folder, path, flags)
ON_PATH(rmdir, path, (const char *path), path)
ON_PATH(mkdir, path, (const char *path, mode_t mode), path, mode)
ON_PATH(mkdirat, path, (int folder, const char *path, mode_t mode), folder, path, mode)
ON_PATH(truncate, path, (const char *path, off_t size), path, size)
ON_PATH(chmod, path, (const char *path, mode_t mode), path, mode)
