// Load for rekeyd at the least cost of its own: compare-reads runs it beside `rekey bench`, to tell
// what the server can do from what a load generator takes of the processor they share.
//
//   load PORT CONNECTIONS DEPTH SECONDS METHOD BODY
//   load PORT CONNECTIONS 0 SECONDS METHOD BODY PER_SECOND
//
// Calls METHOD with the bytes of the file BODY, DEPTH calls in flight on each connection, and
// prints one line of JSON; or so many calls a second, whether those before are answered or not, each
// timed from when it was due, so that a server that stands still is seen. One thread, one epoll. Every Response must be OK, for a call that is in
// flight, and hold the bytes that the first one held: anything else ends the run with a failure.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 1024,
    DEPTH_MAX = 100,  // P4.5
    BODY_MAX = 4096,
    REQUEST_MAX = BODY_MAX + 256,
    READ_BYTES = 1 << 18,
    // Calls that are answered while an older one on the connection still waits.
    SLOTS = 1 << 13,
    ANSWER_MS_MAX = 30000,
};

struct connection {
    int socket;
    uint64_t last_id;
    // When the call in each slot was sent; 0 when none waits there. A call's slot is its id's end.
    uint64_t sent_at[SLOTS];
    uint8_t *unread;
    size_t unread_bytes;
    uint8_t *unsent;
    size_t unsent_from, unsent_to;
    bool waits_to_write;
};

// Latencies: a histogram of nanoseconds, 128 steps for each power of two, so within 1 %.
enum { STEPS = 128, STEP_BITS = 7 };
static uint64_t histogram[(64 - STEP_BITS + 1) * STEPS];

static struct connection *connections;
static int poller, depth;
// Nanoseconds from one call to the next; 0 where a reply makes room for the next call.
static uint64_t spacing;
static uint8_t fixed[REQUEST_MAX];
static size_t fixed_bytes;
static uint8_t first_body[1 << 16];
static size_t first_body_bytes;
static bool has_first_body;
static uint64_t calls, in_flight;

static _Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void record(uint64_t ns) {
    int shift = ns < STEPS ? 0 : 63 - __builtin_clzll(ns) - STEP_BITS;
    size_t row = ns < STEPS ? 0 : (size_t)shift + 1;
    histogram[row * STEPS + ((ns >> shift) & (STEPS - 1))]++;
}

// The upper edge of the step that the share falls into, in microseconds.
static double percentile(double share) {
    uint64_t rank = (uint64_t)((double)calls * share), seen = 0;
    for (size_t i = 0; i < sizeof histogram / sizeof *histogram; i++) {
        if ((seen += histogram[i]) > rank) {
            size_t row = i / STEPS, step = i % STEPS;
            double edge = row == 0 ? (double)step + 1
                                   : (double)(STEPS + step + 1) * (double)(1ull << (row - 1));
            return edge / 1000;
        }
    }
    return 0;
}

// MARK: The wire (PROTOCOL.md, 2 to 5)

static size_t put_varint(uint8_t *to, uint64_t value) {
    size_t count = 0;
    for (; value >= 0x80; value >>= 7) to[count++] = (uint8_t)(value | 0x80);
    to[count++] = (uint8_t)value;
    return count;
}

static uint64_t get_varint(const uint8_t **at, const uint8_t *end) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (*at == end) fail("a frame ends within a number");
        uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
    fail("a number is too long");
}

static size_t put_bytes(uint8_t *to, uint8_t field, const void *bytes, size_t count) {
    to[0] = (uint8_t)(field << 3 | 2);
    size_t head = 1 + put_varint(to + 1, count);
    memcpy(to + head, bytes, count);
    return head + count;
}

// A Request frame: all but the call id was made before.
static size_t put_request(uint8_t *to, uint64_t id) {
    uint8_t call[12] = {1 << 3 | 0};
    size_t call_bytes = 1 + put_varint(call + 1, id);
    to[4] = 2 << 3 | 2;
    size_t at = 5 + put_varint(to + 5, call_bytes + fixed_bytes);
    memcpy(to + at, call, call_bytes);
    memcpy(to + at + call_bytes, fixed, fixed_bytes);
    at += call_bytes + fixed_bytes;
    uint32_t length = htonl((uint32_t)(at - 4));
    memcpy(to, &length, 4);
    return at;
}

static void receive_response(
    struct connection *peer, const uint8_t *at, const uint8_t *end, uint64_t time
) {
    uint64_t id = 0, status = 0;
    const uint8_t *body = at;
    size_t body_bytes = 0;
    while (at < end) {
        uint64_t tag = get_varint(&at, end);
        uint64_t value = get_varint(&at, end);
        if ((tag & 7) == 2) {
            if (value > (size_t)(end - at)) fail("a field is longer than its Response");
            if (tag >> 3 == 6) {
                body = at;
                body_bytes = (size_t)value;
            }
            at += value;
        } else if ((tag & 7) != 0) {
            fail("a Response has a field of wire type %d", (int)(tag & 7));
        } else if (tag >> 3 == 1) {
            id = value;
        } else if (tag >> 3 == 2) {
            status = value;
        }
    }
    if (status != 0) {
        fail("call %llu: status %llu", (unsigned long long)id, (unsigned long long)status);
    }
    uint64_t *sent_at = &peer->sent_at[id % SLOTS];
    if (id == 0 || id > peer->last_id || id + SLOTS <= peer->last_id || *sent_at == 0) {
        fail("a Response to call %llu, which is not in flight", (unsigned long long)id);
    }
    if (!has_first_body) {
        if (body_bytes > sizeof first_body) fail("a reply of %zu bytes", body_bytes);
        memcpy(first_body, body, body_bytes);
        first_body_bytes = body_bytes;
        has_first_body = true;
    }
    if (body_bytes != first_body_bytes || memcmp(body, first_body, body_bytes) != 0) {
        fail("call %llu: another reply than the first call's", (unsigned long long)id);
    }
    record(time - *sent_at);
    *sent_at = 0;
    calls++;
    in_flight--;
}

// MARK: Connections

static void watch(struct connection *peer, bool for_writing, int operation) {
    struct epoll_event event = {
        .events = for_writing ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(poller, operation, peer->socket, &event) != 0) fail("epoll_ctl: %m");
    peer->waits_to_write = for_writing;
}

static void flush(struct connection *peer) {
    while (peer->unsent_from < peer->unsent_to) {
        ssize_t count = send(
            peer->socket, peer->unsent + peer->unsent_from, peer->unsent_to - peer->unsent_from,
            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0) {
            if (errno != EAGAIN) fail("send: %m");
            if (!peer->waits_to_write) watch(peer, true, EPOLL_CTL_MOD);
            return;
        }
        peer->unsent_from += (size_t)count;
    }
    peer->unsent_from = peer->unsent_to = 0;
    if (peer->waits_to_write) watch(peer, false, EPOLL_CTL_MOD);
}

// So many further calls. What a slow server has not taken yet stays in front of them.
static void send_calls(struct connection *peer, int count, uint64_t time) {
    if (peer->unsent_from > 0) {
        memmove(peer->unsent, peer->unsent + peer->unsent_from,
            peer->unsent_to - peer->unsent_from);
        peer->unsent_to -= peer->unsent_from;
        peer->unsent_from = 0;
    }
    for (; count > 0; count--) {
        uint64_t id = ++peer->last_id;
        if (peer->sent_at[id % SLOTS] != 0) {
            fail("call %llu waits, %d later ones do not", (unsigned long long)(id - SLOTS), SLOTS);
        }
        peer->sent_at[id % SLOTS] = time;
        peer->unsent_to += put_request(peer->unsent + peer->unsent_to, id);
        in_flight++;
    }
    flush(peer);
}

// Takes every whole frame; how many calls were answered.
static int receive_frames(struct connection *peer, uint64_t time) {
    const uint8_t *at = peer->unread, *all = peer->unread + peer->unread_bytes;
    int answered = 0;
    while (all - at >= 4) {
        uint32_t length;
        memcpy(&length, at, 4);
        length = ntohl(length);
        if (length == 0 || length > READ_BYTES / 2) fail("a frame of %u bytes", length);
        if ((size_t)(all - at) < 4 + (size_t)length) break;
        const uint8_t *frame = at + 4, *end = frame + length;
        uint64_t tag = get_varint(&frame, end);
        uint64_t bytes = get_varint(&frame, end);
        if ((tag & 7) != 2 || bytes != (size_t)(end - frame)) fail("a frame of another shape");
        if (tag >> 3 == 3) {
            receive_response(peer, frame, end, time);
            answered++;
        } else if (tag >> 3 != 1) {
            fail("a frame of kind %d", (int)(tag >> 3));
        }
        at = end;
    }
    peer->unread_bytes = (size_t)(all - at);
    memmove(peer->unread, at, peer->unread_bytes);
    return answered;
}

static void connect_to(struct connection *peer, uint16_t port) {
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    peer->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (peer->socket < 0 || connect(peer->socket, (struct sockaddr *)&server, sizeof server) != 0
        || setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        fail("cannot connect to port %d: %m", port);
    }
    peer->unread = malloc(READ_BYTES);
    peer->unsent = malloc((size_t)DEPTH_MAX * REQUEST_MAX);
    if (!peer->unread || !peer->unsent) fail("out of memory");
    // Hello, versions 1 to 1; the server's own is skipped when it comes.
    static const uint8_t hello[] = {0, 0, 0, 6, 1 << 3 | 2, 4, 1 << 3, 1, 2 << 3, 1};
    if (send(peer->socket, hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello) fail("send: %m");
    watch(peer, false, EPOLL_CTL_ADD);
}

// Waits for answers, or until `due`.
static int wait_for(struct epoll_event *events, int events_max, uint64_t due) {
    uint64_t time = now();
    uint64_t ns = due == 0 ? ANSWER_MS_MAX * 1000000ull : due > time ? due - time : 0;
    struct timespec limit = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    int count = epoll_pwait2(poller, events, events_max, &limit, NULL);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2: %m");
    if (count == 0 && due == 0) {
        fail("%llu calls have no answer", (unsigned long long)in_flight);
    }
    return count;
}

// Calls until `end`, then waits for what is in flight.
static void run(uint64_t end, long peers) {
    uint64_t due = spacing ? now() : 0;
    for (uint64_t call = 0; in_flight > 0 || due != 0;) {
        struct epoll_event events[64];
        int count = wait_for(events, 64, due);
        for (; due != 0 && due <= now(); call++) {
            send_calls(&connections[call % (uint64_t)peers], 1, due);
            due = due + spacing < end ? due + spacing : 0;
        }
        for (int i = 0; i < count; i++) {
            struct connection *peer = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) flush(peer);
            ssize_t bytes = recv(
                peer->socket, peer->unread + peer->unread_bytes, READ_BYTES - peer->unread_bytes,
                MSG_DONTWAIT);
            if (bytes == 0) fail("the server closed a connection");
            if (bytes < 0) {
                if (errno != EAGAIN) fail("recv: %m");
                continue;
            }
            peer->unread_bytes += (size_t)bytes;
            uint64_t time = now();
            int answered = receive_frames(peer, time);
            if (answered > 0 && time < end && !spacing) send_calls(peer, answered, time);
        }
    }
}

static void read_body(const char *path, const char *method) {
    static uint8_t body[BODY_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) fail("%s: %m", path);
    size_t count = fread(body, 1, sizeof body, file);
    if (ferror(file) || !feof(file)) fail("%s: cannot be read, or is too long", path);
    fclose(file);
    if (strlen(method) > 127) fail("a method's name is shorter than that");
    fixed_bytes = put_bytes(fixed, 2, method, strlen(method));
    fixed_bytes += put_bytes(fixed + fixed_bytes, 3, body, count);
}

static long number(const char *text, long max) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value < 1 || value > max) {
        fail("'%s' is no number from 1 to %ld", text, max);
    }
    return value;
}

int main(int count, char **arguments) {
    if (count != 7 && count != 8) fail("PORT CONNECTIONS DEPTH SECONDS METHOD BODY [PER_SECOND]");
    uint16_t port = (uint16_t)number(arguments[1], 65535);
    long peers = number(arguments[2], CONNECTIONS_MAX);
    if (count == 8) {
        spacing = 1000000000 / (uint64_t)number(arguments[7], 1000000);
    } else {
        depth = (int)number(arguments[3], DEPTH_MAX);
    }
    uint64_t duration = (uint64_t)number(arguments[4], 3600) * 1000000000;
    read_body(arguments[6], arguments[5]);
    connections = calloc((size_t)peers, sizeof *connections);
    poller = epoll_create1(0);
    if (!connections || poller < 0) fail("cannot begin: %m");
    for (long i = 0; i < peers; i++) connect_to(&connections[i], port);
    uint64_t start = now();
    for (long i = 0; i < peers; i++) send_calls(&connections[i], depth, now());
    run(start + duration, peers);
    double seconds = (double)(now() - start) / 1e9;
    printf("{\"calls\": %llu, \"seconds\": %.6f, \"p50Us\": %.3f, \"p99Us\": %.3f, "
           "\"replyBytes\": %zu}\n",
        (unsigned long long)calls, seconds, percentile(0.5), percentile(0.99), first_body_bytes);
    return 0;
}
