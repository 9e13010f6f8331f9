// argon2id and nothing else, on so many threads at once: what a server that hashes passwords can reach
// at most.
//
//   bare_argon2id THREADS MIB PASSES SECONDS
//
// Prints one line of JSON: hashes, and the seconds that they took. Links against libsodium.

#include <pthread.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { THREADS_MAX = 256 };

static size_t memory_bytes;
static unsigned long long passes;
static double end;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Hashes until `end`; how many.
static void *work(void *unused) {
    (void)unused;
    unsigned char salt[crypto_pwhash_SALTBYTES] = {1}, tag[32];
    const char input[32] = {2};
    uintptr_t hashes = 0;
    while (now() < end) {
        if (crypto_pwhash(tag, sizeof tag, input, sizeof input, salt, passes, memory_bytes,
                crypto_pwhash_ALG_ARGON2ID13) != 0) {
            fputs("bare_argon2id: no memory\n", stderr);
            exit(1);
        }
        hashes++;
    }
    return (void *)hashes;
}

int main(int count, char **arguments) {
    long threads = count == 5 ? strtol(arguments[1], NULL, 10) : 0;
    if (threads < 1 || threads > THREADS_MAX || sodium_init() < 0) {
        fputs("bare_argon2id: THREADS MIB PASSES SECONDS\n", stderr);
        return 64;
    }
    memory_bytes = strtoul(arguments[2], NULL, 10) << 20;
    passes = strtoull(arguments[3], NULL, 10);
    double began = now();
    end = began + strtod(arguments[4], NULL);
    pthread_t all[THREADS_MAX];
    for (long i = 0; i < threads; i++) {
        if (pthread_create(&all[i], NULL, work, NULL) != 0) return 1;
    }
    uintptr_t hashes = 0;
    for (long i = 0; i < threads; i++) {
        void *own;
        pthread_join(all[i], &own);
        hashes += (uintptr_t)own;
    }
    printf("{\"hashes\": %lu, \"seconds\": %.6f}\n", (unsigned long)hashes, now() - began);
    return 0;
}
