// Counts the allocations on the event loops of rekeyd: LD_PRELOADed by the script `counts`, which
// reads the number from a file that both map. Links against nothing but glibc.
//
// Other threads do not count: what the one that writes the journal allocates goes by batches, and
// how many calls ride in one is the clock's to say.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

// What glibc's own functions are called beside the names that are taken here.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t unmapped;
static _Atomic uint64_t *counter = &unmapped;
// What threads are called until they get a name of their own.
static char first_name[16];

__attribute__((constructor)) static void map_counter(void) {
    const char *path = getenv("ALLOCATION_COUNT_FILE");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0) abort();
    void *page = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) abort();
    close(file);
    counter = page;
    prctl(PR_GET_NAME, first_name);
}

// NIO names its threads once they run.
static void count(void) {
    static _Thread_local enum { UNNAMED, LOOP, OTHER } kind;
    if (kind == UNNAMED) {
        char name[16] = "";
        prctl(PR_GET_NAME, name);
        if (strncmp(name, "NIO-", 4) == 0) kind = LOOP;
        else if (strcmp(name, first_name) != 0) kind = OTHER;
    }
    if (kind == LOOP) atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    void *made = __libc_memalign(alignment, size);
    if (!made) return ENOMEM;
    *result = made;
    return 0;
}

// Valgrind up to 3.19 writes into the mask that it is given, and libdispatch's is read-only.
extern int __sigsuspend(const sigset_t *);

int sigsuspend(const sigset_t *mask) {
    sigset_t writable = *mask;
    return __sigsuspend(&writable);
}
