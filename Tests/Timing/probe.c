// Measures how long a server of the Rekey protocol takes for each call: one connection, one call at
// a time, CLOCK_MONOTONIC from before the write to after the read. It reads frames as they travel
// from its standard input, Requests of one method with call ids of four bytes, and writes the
// nanoseconds of each to its standard output, 8 bytes in the machine's order. Nothing is made
// between two calls, so that all of them find the machine alike. Every answer must have the
// bytes of the first one, but for its call id: anything else ends the run with a failure. Links
// against nothing but glibc.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_MAX = 1 << 16, ID_BYTES = 4 };
// The kinds of frames, as their first byte.
enum { HELLO = 1 << 3 | 2, REQUEST = 2 << 3 | 2, RESPONSE = 3 << 3 | 2 };

static uint8_t first_answer[FRAME_MAX];
static size_t first_answer_bytes;

static _Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("probe: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static size_t length_of(const uint8_t *frame) {
    uint32_t length;
    memcpy(&length, frame, 4);
    return 4 + (size_t)ntohl(length);
}

// Where the call id of a Request or Response begins (PROTOCOL.md, 2 and 4): both name it first.
static const uint8_t *id_of(const uint8_t *frame, size_t bytes, uint8_t kind) {
    size_t at = 4;
    if (bytes < 16 || frame[at++] != kind) fail("a frame of another kind, %d", frame[4]);
    while (at < bytes && frame[at] >= 0x80) at++;
    at++;
    if (at + 1 + ID_BYTES > bytes || frame[at] != (1 << 3 | 0)) fail("a frame without a call id");
    return frame + at + 1;
}

static void check(const uint8_t *answer, size_t bytes, const uint8_t *asked, size_t asked_bytes) {
    const uint8_t *id = id_of(answer, bytes, RESPONSE);
    if (memcmp(id, id_of(asked, asked_bytes, REQUEST), ID_BYTES) != 0) {
        fail("an answer to another call");
    }
    size_t head = (size_t)(id - answer), tail = head + ID_BYTES;
    if (first_answer_bytes == 0) {
        memcpy(first_answer, answer, bytes);
        first_answer_bytes = bytes;
    }
    if (bytes != first_answer_bytes || memcmp(answer, first_answer, head) != 0
        || memcmp(answer + tail, first_answer + tail, bytes - tail) != 0) {
        fail("an answer that differs from the first one");
    }
}

static void send_all(int peer, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(peer, bytes, count, MSG_NOSIGNAL);
        if (sent < 0) fail("send: %m");
        bytes += sent;
        count -= (size_t)sent;
    }
}

// One frame, as long as it takes.
static size_t receive(int peer, uint8_t *frame) {
    size_t have = 0, wanted = 4;
    while (have < wanted) {
        ssize_t got = recv(peer, frame + have, wanted - have, 0);
        if (got <= 0) fail(got == 0 ? "the server closed the connection" : "recv: %m");
        have += (size_t)got;
        if (have == 4 && wanted == 4) wanted = length_of(frame);
        if (wanted > FRAME_MAX) fail("a frame of %zu bytes", wanted);
    }
    return have;
}

static int connect_to(uint16_t port) {
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, peer = socket(AF_INET, SOCK_STREAM, 0);
    if (peer < 0 || connect(peer, (struct sockaddr *)&server, sizeof server) != 0
        || setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        fail("cannot connect to port %d: %m", port);
    }
    static const uint8_t hello[] = {0, 0, 0, 6, HELLO, 4, 1 << 3, 1, 2 << 3, 1};
    send_all(peer, hello, sizeof hello);
    uint8_t answer[FRAME_MAX];
    receive(peer, answer);
    if (answer[4] != HELLO) fail("the server does not begin with a Hello");
    return peer;
}

static uint8_t *read_frames(size_t *bytes) {
    size_t room = 1 << 20;
    uint8_t *frames = malloc(room);
    for (*bytes = 0; frames;) {
        size_t count = fread(frames + *bytes, 1, room - *bytes, stdin);
        if (count == 0) break;
        *bytes += count;
        if (*bytes == room) frames = realloc(frames, room *= 2);
    }
    if (!frames || ferror(stdin)) fail("the calls cannot be read");
    return frames;
}

int main(int count, char **arguments) {
    long port = count == 2 ? strtol(arguments[1], NULL, 10) : 0;
    if (port < 1 || port > 65535) fail("PORT");
    size_t bytes;
    uint8_t *frames = read_frames(&bytes);
    uint64_t *took = malloc(bytes);
    static uint8_t answer[FRAME_MAX];
    if (!took) fail("out of memory");
    // No page of it is met for the first time between two looks at the clock.
    mlockall(MCL_CURRENT);
    int peer = connect_to((uint16_t)port);
    size_t calls = 0;
    for (size_t at = 0; at < bytes; calls++) {
        const uint8_t *asked = frames + at;
        size_t length = bytes - at < 4 ? FRAME_MAX : length_of(asked);
        if (length > bytes - at) fail("the last call is cut");
        uint64_t began = now();
        send_all(peer, asked, length);
        size_t answered = receive(peer, answer);
        took[calls] = now() - began;
        check(answer, answered, asked, length);
        at += length;
    }
    if (fwrite(took, sizeof *took, calls, stdout) != calls || fflush(stdout) != 0) {
        fail("the times cannot be written");
    }
    return 0;
}
