/*
 * A client of Rekey in C, from "I forgot my password" to a login with the new one. It is here to be
 * read, and as the proof that Proto/ is all that a client needs: the rules named P... are those of
 * Proto/PROTOCOL.md.
 *
 *   rekey_flow [--profile FOLDER] IDENTIFIER
 *
 *   RequestReset > link, code, new password (twice) from standard input >
 *   ValidateLink > Activate > Login > CheckSession > Logout
 *
 *   main > flow > call         one call, repeated as far as P6 allows
 *                   attempt    one Request on one connection, and its Response
 *                   connect_   a connection, TLS, and the two Hellos
 *                   read_frame, send_frame
 *
 * A profile is a folder that `rekeyd cert issue` makes: `server`, `ca.pem` and `identity.pem`.
 * Without the argument it is that of REKEY_PROFILE. There is no way on without TLS but
 *
 *   rekey_flow --plaintext-on-loopback HOST:PORT IDENTIFIER
 *
 * What went well is told on stdout, what not on stderr; the exit code says whose it is (enum end).
 * All memory that may hold a secret, OpenSSL's too, comes from allocate() and is zeroed when it is
 * given back.
 */
#define _DEFAULT_SOURCE /* explicit_bzero, getrandom */

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "rekey/v1/frame.pb-c.h"
#include "rekey/v1/recovery.pb-c.h"

/* How this program ends: its exit code. */
enum end {
    END_DONE = 0,
    END_REFUSED = 1,      /* the server answered no */
    END_UNAVAILABLE = 2,  /* no server, or none that took the call in time: nothing was done */
    END_PROTOCOL = 3,     /* what answers there does not speak Rekey's version 1 */
    END_UNKNOWN = 4,      /* the connection was lost, or the server failed: it may have been done */
    END_UNTRUSTED = 5,    /* the server is not one that ca.pem and its own name vouch for */
    END_STRANGER = 6,     /* the server does not take calls from this certificate */
    END_USAGE = 64,       /* arguments */
    END_INPUT = 65,       /* standard input */
    END_SYSTEM = 71,      /* this machine: no memory, no randomness */
    END_PROFILE = 78      /* the profile */
};

enum {
    VERSION = 1,
    FRAME_BYTES_MAX = 65536,    /* Said in our Hello; the replies of this flow have some hundred. */
    REQUEST_FRAME_BYTES_MAX = 65536,  /* P3.4, of a server that does not say. */
    FEATURES_MAX = 32,          /* P3.6 */
    KEY_BYTES = 16,             /* P6.3 */
    LINE_BYTES_MAX = 2048,
    SERVERS_MAX = 8,
    IDENTITY_BYTES_MAX = 65536,
    HELLO_MS = 5000,            /* P3.2, the handshake of TLS included. */
    FRAME_MS = 10000,           /* P2.7 */
    TIMEOUT_MS = 6000,          /* A Request's timeout_ms. */
    ANSWER_MS = 8000,           /* The way included. Below the 30 s of P7.6: no Ping needed. */
    CALL_MS = 20000,            /* One call with its repeats. */
    PAUSE_MS = 100,             /* P6.7 */
    PAUSE_MAX_MS = 5000,
    GOODBYE_MS = 1000           /* P7.3 */
};

/* ---- Memory, time, randomness ---------------------------------------------------------------- */

_Noreturn static void stop(enum end end, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("rekey_flow: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(end);
}

/* Stands in front of allocated memory, so that all is zeroed, wherever the program ends. */
struct block {
    struct block *next, **link;
    size_t length;
    max_align_t memory[];
};

static struct block *blocks = NULL;

static void *allocate(size_t length) {
    struct block *block = length > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + length);
    if (block == NULL) stop(END_SYSTEM, "there is no memory");
    *block = (struct block){.next = blocks, .link = &blocks, .length = length};
    if (blocks != NULL) blocks->link = &block->next;
    blocks = block;
    return block->memory;
}

static struct block *block_of(void *memory) {
    return (struct block *)((uint8_t *)memory - offsetof(struct block, memory));
}

static void release(void *memory) {
    if (memory == NULL) return;
    struct block *block = block_of(memory);
    *block->link = block->next;
    if (block->next != NULL) block->next->link = block->link;
    explicit_bzero(memory, block->length);
    free(block);
}

static void release_all(void) {
    while (blocks != NULL) release(blocks->memory);
}

/* OpenSSL holds the key, and all that is said, in the clear. */
static void *allocate_for_openssl(size_t length, const char *file, int line) {
    (void)file, (void)line;
    return allocate(length);
}

static void release_for_openssl(void *memory, const char *file, int line) {
    (void)file, (void)line;
    release(memory);
}

static void *move_for_openssl(void *memory, size_t length, const char *file, int line) {
    void *moved = length == 0 ? NULL : allocate_for_openssl(length, file, line);
    if (memory != NULL && moved != NULL) {
        size_t before = block_of(memory)->length;
        memcpy(moved, memory, before < length ? before : length);
    }
    release(memory);
    return moved;
}

static void *allocate_for_protobuf(void *context, size_t length) {
    (void)context;
    return allocate(length);
}

static void release_for_protobuf(void *context, void *memory) {
    (void)context;
    release(memory);
}

/* What is unpacked holds sessions: it is zeroed as well. */
static ProtobufCAllocator allocator = {
    .alloc = allocate_for_protobuf, .free = release_for_protobuf, .allocator_data = NULL};

/* Monotonic, so that setting the clock ends no wait. */
static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

static void draw(void *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t drawn = getrandom((uint8_t *)bytes + done, count - done, 0);
        if (drawn > 0) done += (size_t)drawn;
        else if (errno != EINTR) stop(END_SYSTEM, "no randomness: %s", strerror(errno));
    }
}

/* ---- Bytes: a socket that never blocks, TLS over it, and a deadline for every wait ----------- */

struct stream {
    int socket;  /* -1: none */
    SSL *ssl;    /* NULL: in plaintext, to this machine */
};

/* How something on a connection ended. */
enum got {
    GOT_IT,
    GOT_CLOSED,    /* the connection is gone */
    GOT_LATE,      /* the deadline came first */
    GOT_NONSENSE,  /* the other side broke a rule */
    GOT_UNTRUSTED, /* its certificate is not to be believed */
    GOT_STRANGER   /* ours is not, says the other side */
};

static enum got wait_until(int socket, short events, int64_t deadline) {
    for (;;) {
        int64_t left = deadline - now_ms();
        if (left <= 0) return GOT_LATE;
        struct pollfd waited = {.fd = socket, .events = events};
        /* Errors and hang-ups wake it too; the read or write that follows tells them apart. */
        if (poll(&waited, 1, (int)earlier(left, INT32_MAX)) > 0) return GOT_IT;
    }
}

/* What a call of OpenSSL that did not succeed waits for; 0 when it is over. */
static short wanted(const SSL *ssl, int result) {
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ: return POLLIN;
    case SSL_ERROR_WANT_WRITE: return POLLOUT;
    default: return 0;
    }
}

/* How many bytes there are now; without any, what to wait for, or 0 when no more will come. */
static size_t receive(const struct stream *stream, uint8_t *bytes, size_t most, short *awaited) {
    size_t count = 0;
    *awaited = 0;
    if (stream->ssl != NULL) {
        ERR_clear_error();
        int result = SSL_read_ex(stream->ssl, bytes, most, &count);
        if (result <= 0) *awaited = wanted(stream->ssl, result);
        return count;
    }
    ssize_t came = recv(stream->socket, bytes, most, MSG_DONTWAIT);
    if (came > 0) return (size_t)came;
    if (came < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) *awaited = POLLIN;
    return 0;
}

/* The same the other way. main() ignores SIGPIPE: that the other side is gone is an answer. */
static size_t send_some(
    const struct stream *stream, const uint8_t *bytes, size_t most, short *awaited) {
    size_t count = 0;
    *awaited = 0;
    if (stream->ssl != NULL) {
        ERR_clear_error();
        int result = SSL_write_ex(stream->ssl, bytes, most, &count);
        if (result <= 0) *awaited = wanted(stream->ssl, result);
        return count;
    }
    ssize_t went = send(stream->socket, bytes, most, MSG_DONTWAIT);
    if (went > 0) return (size_t)went;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) *awaited = POLLOUT;
    return 0;
}

static enum got read_bytes(
    const struct stream *stream, uint8_t *bytes, size_t count, int64_t deadline) {
    while (count > 0) {
        short awaited;
        size_t came = receive(stream, bytes, count, &awaited);
        bytes += came;
        count -= came;
        if (came > 0) continue;
        enum got got = awaited == 0 ? GOT_CLOSED : wait_until(stream->socket, awaited, deadline);
        if (got != GOT_IT) return got;
    }
    return GOT_IT;
}

static enum got write_bytes(
    const struct stream *stream, const uint8_t *bytes, size_t count, int64_t deadline) {
    while (count > 0) {
        short awaited;
        size_t went = send_some(stream, bytes, count, &awaited);
        bytes += went;
        count -= went;
        if (went > 0) continue;
        enum got got = awaited == 0 ? GOT_CLOSED : wait_until(stream->socket, awaited, deadline);
        if (got != GOT_IT) return got;
    }
    return GOT_IT;
}

/* ---- Frames ---------------------------------------------------------------------------------- */

/* 4 bytes of length, big-endian, and the frame (P2.1). */
static enum got send_frame(
    const struct stream *stream, const Rekey__V1__Frame *frame, int64_t deadline) {
    size_t length = rekey__v1__frame__get_packed_size(frame);
    uint8_t *bytes = allocate(4 + length);
    for (size_t i = 0; i < 4; i++) bytes[i] = (uint8_t)(length >> (24 - 8 * i));
    rekey__v1__frame__pack(frame, bytes + 4);
    enum got sent = write_bytes(stream, bytes, 4 + length, deadline);
    release(bytes);
    return sent;
}

static void free_frame(Rekey__V1__Frame *frame) {
    if (frame != NULL) rekey__v1__frame__free_unpacked(frame, &allocator);
}

/* The next frame of whatever kind. The caller frees it. */
static enum got read_frame(
    const struct stream *stream, Rekey__V1__Frame **frame, int64_t deadline) {
    uint8_t head[4];
    enum got got = read_bytes(stream, head, 1, deadline);
    if (got != GOT_IT) return got;
    int64_t frame_deadline = earlier(deadline, now_ms() + FRAME_MS);
    got = read_bytes(stream, head + 1, sizeof head - 1, frame_deadline);
    if (got != GOT_IT) return got;
    uint32_t length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8
        | (uint32_t)head[3];
    /* P2.2: judged before there is room made for it. */
    if (length == 0 || length > FRAME_BYTES_MAX) return GOT_NONSENSE;
    uint8_t *bytes = allocate(length);
    got = read_bytes(stream, bytes, length, frame_deadline);
    if (got == GOT_IT) {
        *frame = rekey__v1__frame__unpack(&allocator, length, bytes);
        if (*frame == NULL) got = GOT_NONSENSE;
    }
    release(bytes);
    return got;
}

/* ---- The profile: where the servers are, and who is who -------------------------------------- */

struct server {
    char host[256], port[8];
};

static char *path_in(const char *profile, const char *name) {
    size_t length = strlen(profile) + 1 + strlen(name) + 1;
    char *path = allocate(length);
    snprintf(path, length, "%s/%s", profile, name);
    return path;
}

/* HOST:PORT, the host of IPv6 in brackets. */
static bool parse_server(struct server *server, const char *text) {
    const char *colon = strrchr(text, ':');
    if (colon == NULL) return false;
    bool is_bracketed = text[0] == '[' && colon[-1] == ']';
    const char *host = is_bracketed ? text + 1 : text;
    size_t host_length = (size_t)(colon - host) - is_bracketed, port_length = strlen(colon + 1);
    if (host_length == 0 || host_length >= sizeof server->host) return false;
    if (port_length == 0 || port_length >= sizeof server->port) return false;
    memcpy(server->host, host, host_length);
    server->host[host_length] = 0;
    memcpy(server->port, colon + 1, port_length + 1);
    return true;
}

/* One a line; how many there are. */
static size_t read_servers(const char *profile, struct server servers[SERVERS_MAX]) {
    char *path = path_in(profile, "server"), line[300];
    FILE *file = fopen(path, "re");
    if (file == NULL) stop(END_PROFILE, "%s: %s", path, strerror(errno));
    size_t count = 0;
    while (count < SERVERS_MAX && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, " \t\r\n")] = 0;
        if (line[0] == 0) continue;
        if (!parse_server(&servers[count++], line)) {
            stop(END_PROFILE, "%s: write HOST:PORT, not %s", path, line);
        }
    }
    fclose(file);
    if (count == 0) stop(END_PROFILE, "%s: names no server", path);
    release(path);
    return count;
}

/* Not through stdio, whose buffer would keep the key. */
static ProtobufCBinaryData read_private(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) < 0) stop(END_PROFILE, "%s: %s", path, strerror(errno));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        stop(END_PROFILE, "%s: others can read this private key; run: chmod 600 %s", path, path);
    }
    ProtobufCBinaryData data = {.len = 0, .data = allocate(IDENTITY_BYTES_MAX)};
    for (ssize_t came = 1; came != 0; data.len += (size_t)came) {
        came = read(file, data.data + data.len, IDENTITY_BYTES_MAX - data.len);
        if (came < 0) stop(END_PROFILE, "%s: %s", path, strerror(errno));
    }
    close(file);
    return data;
}

/* The private key, its certificate, and those between it and the CA. */
static void show_identity(SSL_CTX *context, const char *path) {
    ProtobufCBinaryData pem = read_private(path);
    BIO *keys = BIO_new_mem_buf(pem.data, (int)pem.len);
    BIO *certificates = BIO_new_mem_buf(pem.data, (int)pem.len);
    /* With a password, though an empty one: OpenSSL would ask for another at the terminal. */
    EVP_PKEY *key = PEM_read_bio_PrivateKey(keys, NULL, NULL, (void *)(uintptr_t)"");
    X509 *certificate = PEM_read_bio_X509(certificates, NULL, NULL, NULL), *further;
    bool is_good = key != NULL && certificate != NULL
        && SSL_CTX_use_certificate(context, certificate) == 1
        && SSL_CTX_use_PrivateKey(context, key) == 1;
    while (is_good && (further = PEM_read_bio_X509(certificates, NULL, NULL, NULL)) != NULL) {
        is_good = SSL_CTX_add0_chain_cert(context, further) == 1;
    }
    if (!is_good) stop(END_PROFILE, "%s: holds no private key with its certificate", path);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(certificates);
    BIO_free(keys);
    release(pem.data);
}

/* P10.1: TLS 1.3, and a server that this CA signed, no other of the machine's. Read each time, so
   that a renewed certificate is shown by the next connection. */
static SSL_CTX *tls_context(const char *profile) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) {
        stop(END_SYSTEM, "OpenSSL has no TLS 1.3");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    char *ca = path_in(profile, "ca.pem"), *identity = path_in(profile, "identity.pem");
    if (SSL_CTX_load_verify_file(context, ca) != 1) stop(END_PROFILE, "%s: holds no CA", ca);
    show_identity(context, identity);
    release(ca);
    release(identity);
    return context;
}

/* For this host and no other, by its alternative names: the common name does not count (P10.1). */
static SSL *tls_to(const char *host, const char *profile) {
    SSL_CTX *context = tls_context(profile);
    SSL *ssl = SSL_new(context);
    SSL_CTX_free(context);
    if (ssl == NULL) stop(END_SYSTEM, "OpenSSL has no memory");
    X509_VERIFY_PARAM *checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        checks, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(checks, host) == 1) return ssl;
    if (X509_VERIFY_PARAM_set1_host(checks, host, 0) != 1
        || SSL_set_tlsext_host_name(ssl, host) != 1) {
        stop(END_PROFILE, "%s: this is no host", host);
    }
    return ssl;
}

/* ---- A connection ---------------------------------------------------------------------------- */

struct client {
    const char *profile;    /* NULL: in plaintext, to this machine. */
    struct server servers[SERVERS_MAX];
    size_t server_count, turn;
    struct stream stream;
    bool was_reached;       /* One of the servers has said Hello. */
    bool takes_no_more;     /* It said GoAway. */
    uint64_t last_call_id;  /* Of its last GoAway; until then the greatest there is. */
    uint64_t next_call_id;
    uint32_t request_frame_bytes_max;
    char last_word[96];     /* The reason of the last GoAway of all connections, or TLS's. */
};

/* A connection of which nothing more is expected. */
static void drop(struct client *client) {
    SSL_free(client->stream.ssl);
    if (client->stream.socket >= 0) close(client->stream.socket);
    client->stream = (struct stream){.socket = -1};
}

/* P7.3: half-close, over TLS by its close_notify (P10.8), and read on until the server has closed,
   so that nothing it sent is lost. */
static void disconnect(struct client *client) {
    if (client->stream.socket < 0) return;
    if (client->stream.ssl != NULL) (void)SSL_shutdown(client->stream.ssl);
    else shutdown(client->stream.socket, SHUT_WR);
    int64_t deadline = now_ms() + GOODBYE_MS;
    uint8_t rest[512];
    short awaited;
    while (now_ms() < deadline && (receive(&client->stream, rest, sizeof rest, &awaited) > 0
        || (awaited != 0 && wait_until(client->stream.socket, awaited, deadline) == GOT_IT))) {}
    explicit_bzero(rest, sizeof rest);
    drop(client);
}

static void take_go_away(struct client *client, const Rekey__V1__GoAway *go_away) {
    client->takes_no_more = true;
    client->last_call_id = go_away->last_call_id;
    snprintf(client->last_word, sizeof client->last_word, "%s", go_away->reason);
}

/* P10.4: after some GoAways nothing but an operator helps. */
static enum got lost(const struct client *client) {
    const char *const reasons[] = {"CALLER_UNKNOWN", "CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED"};
    for (size_t i = 0; client->takes_no_more && i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(client->last_word, reasons[i]) == 0) return GOT_STRANGER;
    }
    return GOT_CLOSED;
}

/* P3.3, P3.6 */
static bool is_speakable(const Rekey__V1__Hello *hello) {
    return hello->version_min >= 1 && hello->version_min <= VERSION
        && hello->version_max >= VERSION && hello->n_features <= FEATURES_MAX;
}

/* P10.3: under TLS 1.3 the server's word on our certificate comes where its Hello should. */
static enum got lost_before_hello(struct client *client) {
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);
    bool is_alert = ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET;
    const char *word = is_alert ? ERR_reason_error_string(error) : "an end before its Hello";
    snprintf(client->last_word, sizeof client->last_word, "%s", word == NULL ? "an alert" : word);
    /* Without an alert it may also have died; where there never was a server, a person looks. */
    return is_alert || !client->was_reached ? GOT_STRANGER : GOT_CLOSED;
}

/* Theirs first: a server that refuses our certificate has then read all that was sent. What it had
   not, would turn its refusal into a reset. */
static enum got exchange_hellos(struct client *client, int64_t deadline) {
    Rekey__V1__Frame *theirs = NULL;
    enum got got = read_frame(&client->stream, &theirs, deadline);
    if (got == GOT_CLOSED && client->stream.ssl != NULL) return lost_before_hello(client);
    if (got != GOT_IT) return got;
    if (theirs->kind_case == REKEY__V1__FRAME__KIND_GO_AWAY) {
        /* P7.8 */
        take_go_away(client, theirs->go_away);
        got = lost(client);
    } else if (theirs->kind_case != REKEY__V1__FRAME__KIND_HELLO || !is_speakable(theirs->hello)) {
        got = GOT_NONSENSE;
    } else {
        uint32_t max = theirs->hello->request_frame_bytes_max;
        client->request_frame_bytes_max = max == 0 ? REQUEST_FRAME_BYTES_MAX : max;
    }
    free_frame(theirs);
    if (got != GOT_IT) return got;

    Rekey__V1__Hello ours = REKEY__V1__HELLO__INIT;
    ours.version_min = VERSION;
    ours.version_max = VERSION;
    ours.response_frame_bytes_max = FRAME_BYTES_MAX;
    Rekey__V1__Frame frame = REKEY__V1__FRAME__INIT;
    frame.kind_case = REKEY__V1__FRAME__KIND_HELLO;
    frame.hello = &ours;
    return send_frame(&client->stream, &frame, deadline);
}

static enum got shake_hands(struct client *client, const char *host, int64_t deadline) {
    SSL *ssl = client->stream.ssl = tls_to(host, client->profile);
    if (SSL_set_fd(ssl, client->stream.socket) != 1) stop(END_SYSTEM, "OpenSSL has no memory");
    for (;;) {
        ERR_clear_error();
        int result = SSL_connect(ssl);
        if (result == 1) return GOT_IT;
        short awaited = wanted(ssl, result);
        long judged = SSL_get_verify_result(ssl);
        if (awaited != 0) {
            enum got got = wait_until(client->stream.socket, awaited, deadline);
            if (got != GOT_IT) return got;
        } else if (judged != X509_V_OK) {
            const char *word = X509_verify_cert_error_string(judged);
            snprintf(client->last_word, sizeof client->last_word, "%s", word);
            return GOT_UNTRUSTED;
        } else {
            /* A server that dies just now, or one that speaks something else than TLS 1.3. */
            unsigned long error = ERR_peek_error();
            bool is_said = ERR_GET_LIB(error) == ERR_LIB_SSL
                && ERR_GET_REASON(error) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
            return is_said ? GOT_NONSENSE : GOT_CLOSED;
        }
    }
}

/* P10.6: what is not TLS stays on this machine. */
static bool is_loopback(const struct sockaddr *address) {
    const void *any = address;
    const struct sockaddr_in *four = any;
    const struct sockaddr_in6 *six = any;
    if (address->sa_family == AF_INET) return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

/* One address of the host: connected, or an errno. */
static int reach(struct client *client, const struct addrinfo *address, int64_t deadline) {
    if (client->profile == NULL && !is_loopback(address->ai_addr)) {
        stop(END_USAGE, "without TLS nothing is said beyond this machine");
    }
    int type = address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int reached = client->stream.socket = socket(address->ai_family, type, address->ai_protocol);
    if (reached < 0) return errno;
    int failed = connect(reached, address->ai_addr, address->ai_addrlen) < 0 ? errno : 0;
    if (failed == EINPROGRESS || failed == EINTR) {
        socklen_t size = sizeof failed;
        if (wait_until(reached, POLLOUT, deadline) != GOT_IT) failed = ETIMEDOUT;
        else (void)getsockopt(reached, SOL_SOCKET, SO_ERROR, &failed, &size);
    }
    int on = 1;
    /* P10.10. One that cannot have it is slower, nothing else. */
    (void)setsockopt(reached, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (failed != 0) drop(client);
    return failed;
}

/* One server, at the first of its addresses that takes the connection; otherwise why none does. */
static const char *reach_server(
    struct client *client, const struct server *server, int64_t deadline) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *addresses = NULL;
    int failed = getaddrinfo(server->host, server->port, &hints, &addresses);
    if (failed != 0) return gai_strerror(failed);
    failed = EADDRNOTAVAIL;
    for (struct addrinfo *each = addresses; each != NULL && failed != 0; each = each->ai_next) {
        failed = reach(client, each, deadline);
    }
    freeaddrinfo(addresses);
    return failed == 0 ? NULL : strerror(failed);
}

/* The next server in turn, if one answers; the turn goes on, so that a repeat finds another one. */
static enum got connect_(struct client *client, int64_t deadline) {
    const struct server *server = &client->servers[0];
    const char *failed = "no server";
    for (size_t left = client->server_count; left > 0 && failed != NULL; left--) {
        server = &client->servers[client->turn++ % client->server_count];
        int64_t now = now_ms(); /* No server takes the time of those behind it. */
        failed = reach_server(client, server, now + (deadline - now) / (int64_t)left);
    }
    if (failed != NULL) {
        /* Where there never was a server, a person should look; one that restarts comes back. */
        if (client->was_reached) return GOT_CLOSED;
        stop(END_UNAVAILABLE, "%s %s: %s", server->host, server->port, failed);
    }
    client->takes_no_more = false;
    client->last_call_id = UINT64_MAX;
    client->next_call_id = 1;
    deadline = earlier(deadline, now_ms() + HELLO_MS);
    enum got got = client->profile == NULL ? GOT_IT : shake_hands(client, server->host, deadline);
    if (got == GOT_IT) got = exchange_hellos(client, deadline);
    if (got != GOT_IT) drop(client);
    else client->was_reached = true;
    return got;
}

/* ---- One Request and its Response ------------------------------------------------------------ */

static enum got answer_ping(
    const struct stream *stream, const Rekey__V1__Ping *ping, int64_t deadline) {
    Rekey__V1__Pong pong = REKEY__V1__PONG__INIT;
    pong.token = ping->token;
    Rekey__V1__Frame frame = REKEY__V1__FRAME__INIT;
    frame.kind_case = REKEY__V1__FRAME__KIND_PONG;
    frame.pong = &pong;
    return send_frame(stream, &frame, deadline);
}

/* Reads until the call's Response has come, or until it is known that it will not. */
static enum got await_response(
    struct client *client, uint64_t call_id, Rekey__V1__Frame **answer, int64_t deadline) {
    for (;;) {
        /* P6.2: it is not run, so that there is nothing to wait for. */
        if (call_id > client->last_call_id) return lost(client);
        Rekey__V1__Frame *frame = NULL;
        enum got got = read_frame(&client->stream, &frame, deadline);
        if (got == GOT_CLOSED) return lost(client);
        if (got != GOT_IT) return got;
        switch (frame->kind_case) {
        case REKEY__V1__FRAME__KIND_RESPONSE:
            /* Earlier calls were answered or given up with their connection: one is to come. */
            if (frame->response->call_id == call_id) {
                *answer = frame;
                return GOT_IT;
            }
            got = GOT_NONSENSE;
            break;
        case REKEY__V1__FRAME__KIND_PING:
            got = answer_ping(&client->stream, frame->ping, deadline);
            break;
        case REKEY__V1__FRAME__KIND_GO_AWAY:
            /* The first step of P7.4 as well as the second: both let this call be waited for. */
            take_go_away(client, frame->go_away);
            break;
        case REKEY__V1__FRAME__KIND_PONG:
            break;
        default:
            got = GOT_NONSENSE; /* P2.4, P3.5 */
        }
        free_frame(frame);
        if (got != GOT_IT) return got;
    }
}

/* When a call may be repeated although it is not known whether it was done (P6). */
enum repeat { REPEAT_FREELY, REPEAT_WITH_KEY, REPEAT_NEVER };

struct method {
    const char *name;
    enum repeat repeat;
    const ProtobufCMessageDescriptor *reply;
};

/* A call that is being made: what stays the same when it is repeated. */
struct attempt {
    const struct method *method;
    ProtobufCBinaryData body, key;
    bool was_sent;      /* The last time: the server may have run it. */
    bool may_be_done;   /* One time or another. */
    int64_t deadline;   /* Of all attempts. */
};

static enum got attempt(
    struct client *client, struct attempt *attempt, Rekey__V1__Frame **answer) {
    int64_t deadline = earlier(attempt->deadline, now_ms() + ANSWER_MS);
    attempt->was_sent = false;
    if (client->takes_no_more) disconnect(client);
    if (client->stream.socket < 0) {
        enum got got = connect_(client, deadline);
        if (got != GOT_IT) return got;
    }
    Rekey__V1__Request request = REKEY__V1__REQUEST__INIT;
    request.call_id = client->next_call_id++;
    request.method = (char *)(uintptr_t)attempt->method->name; /* protobuf-c knows no const */
    request.body = attempt->body;
    request.idempotency_key = attempt->key;
    int64_t left = deadline - now_ms();
    request.timeout_ms = (uint32_t)(left < 1 ? 1 : earlier(left, TIMEOUT_MS));
    Rekey__V1__Frame frame = REKEY__V1__FRAME__INIT;
    frame.kind_case = REKEY__V1__FRAME__KIND_REQUEST;
    frame.request = &request;
    if (rekey__v1__frame__get_packed_size(&frame) > client->request_frame_bytes_max) {
        disconnect(client);
        stop(END_INPUT, "the server takes no call as long as this %s", request.method);
    }

    attempt->was_sent = true;
    enum got got = send_frame(&client->stream, &frame, deadline);
    /* A server that ended the connection meanwhile may have said so: what it sent is read. */
    if (got == GOT_IT || got == GOT_CLOSED) {
        got = await_response(client, request.call_id, answer, deadline);
    }
    if (request.call_id > client->last_call_id) attempt->was_sent = false;
    if (got != GOT_IT && attempt->was_sent) attempt->may_be_done = true;
    /* Whatever would come later on it, nobody could tell whose it is. */
    if (got != GOT_IT && client->takes_no_more) disconnect(client);
    else if (got != GOT_IT) drop(client);
    return got;
}

/* ---- A call ---------------------------------------------------------------------------------- */

/* What a server says may hold what a terminal takes for commands. */
static void print_foreign(FILE *file, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at != 0; at++) {
        bool is_c1 = at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F;
        if (is_c1) at++;
        fputc(is_c1 || *at < 0x20 || *at == 0x7F ? '?' : *at, file);
    }
}

static const char *status_word(int status) {
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&rekey__v1__status_code__descriptor, status);
    return value == NULL ? "UNKNOWN" : value->name + strlen("STATUS_CODE_"); /* P5.4 */
}

/* The server said no: what it said, and the program's end. */
static enum end report_refusal(
    const struct attempt *attempt, const Rekey__V1__Response *response) {
    const char *status = status_word((int)response->status);
    fprintf(stderr, "rekey_flow: %s: %s ", attempt->method->name, status);
    print_foreign(stderr, response->reason);
    fputs(": ", stderr);
    print_foreign(stderr, response->message);
    fputc('\n', stderr);
    for (size_t i = 0; i < response->n_details; i++) {
        fputs("  ", stderr);
        print_foreign(stderr, response->details[i]->field);
        fputs(": ", stderr);
        print_foreign(stderr, response->details[i]->problem);
        fputc('\n', stderr);
    }
    if (response->not_processed) return attempt->may_be_done ? END_UNKNOWN : END_UNAVAILABLE;
    return strcmp(status, "UNKNOWN") == 0 ? END_UNKNOWN : END_REFUSED;
}

static enum end report_loss(
    const struct client *client, const struct attempt *attempt, enum got got) {
    static const struct {
        const char *words;
        enum end end;
    } losses[] = {
        [GOT_CLOSED] = {"the connection was lost", END_UNAVAILABLE},
        [GOT_LATE] = {"no answer in time", END_UNAVAILABLE},
        [GOT_UNTRUSTED] = {"the server's certificate is not to be believed", END_UNTRUSTED},
        [GOT_STRANGER] = {"the server does not take this client's certificate", END_STRANGER},
    };
    fprintf(stderr, "rekey_flow: %s: ", attempt->method->name);
    if (got == GOT_NONSENSE) {
        const char *how = client->profile == NULL ? "" : " over TLS 1.3";
        fprintf(stderr, "what answers there does not speak Rekey's protocol, version 1%s\n", how);
        return END_PROTOCOL;
    }
    fputs(losses[got].words, stderr);
    if (client->last_word[0] != 0) {
        fputs("; the last word was ", stderr);
        print_foreign(stderr, client->last_word);
    }
    fputs(attempt->may_be_done ? "; it may have been done\n" : "; it was not done\n", stderr);
    return attempt->may_be_done ? END_UNKNOWN : losses[got].end;
}

/* P6.7: a wait that grows, a random part of it; never less than the server asks for. */
static bool pause_until_repeat(unsigned repeats, uint32_t retry_after_ms, int64_t deadline) {
    int64_t most = repeats < 6 ? (int64_t)PAUSE_MS << repeats : PAUSE_MAX_MS;
    uint32_t random;
    draw(&random, sizeof random);
    int64_t until = now_ms() + (int64_t)retry_after_ms + random % (earlier(most, PAUSE_MAX_MS) + 1);
    if (until >= deadline) return false;
    while (now_ms() < until) poll(NULL, 0, (int)(until - now_ms()));
    return true;
}

static enum end repeat_until_answered(
    struct client *client, struct attempt *attempt_, Rekey__V1__Frame **answer) {
    for (unsigned repeats = 0;; repeats++) {
        uint32_t retry_after_ms = 0;
        enum got got = attempt(client, attempt_, answer);
        if (got == GOT_IT) {
            const Rekey__V1__Response *response = (*answer)->response;
            if (response->status == REKEY__V1__STATUS_CODE__STATUS_CODE_OK) return END_DONE;
            retry_after_ms = response->retry_after_ms;
            if (!response->not_processed
                || !pause_until_repeat(repeats, retry_after_ms, attempt_->deadline)) {
                return report_refusal(attempt_, response);
            }
            free_frame(*answer);
            *answer = NULL;
        } else if (got == GOT_NONSENSE || got == GOT_UNTRUSTED || got == GOT_STRANGER
            || (attempt_->was_sent && attempt_->method->repeat == REPEAT_NEVER)
            || !pause_until_repeat(repeats, retry_after_ms, attempt_->deadline)) {
            return report_loss(client, attempt_, got);
        }
    }
}

/* Makes a call; ends the program unless it is done. The caller frees the reply. */
static ProtobufCMessage *call(
    struct client *client, const struct method *method, const ProtobufCMessage *request) {
    struct attempt attempt_ = {.method = method, .deadline = now_ms() + CALL_MS};
    attempt_.body.len = protobuf_c_message_get_packed_size(request);
    attempt_.body.data = allocate(attempt_.body.len);
    protobuf_c_message_pack(request, attempt_.body.data);
    uint8_t key[KEY_BYTES];
    if (method->repeat == REPEAT_WITH_KEY) {
        draw(key, sizeof key);
        attempt_.key = (ProtobufCBinaryData){.len = sizeof key, .data = key};
    }

    Rekey__V1__Frame *answer = NULL;
    enum end end = repeat_until_answered(client, &attempt_, &answer);
    release(attempt_.body.data);
    ProtobufCMessage *reply = NULL;
    if (end == END_DONE) {
        const ProtobufCBinaryData *body = &answer->response->body;
        reply = protobuf_c_message_unpack(method->reply, &allocator, body->len, body->data);
        if (reply == NULL) end = report_loss(client, &attempt_, GOT_NONSENSE);
    }
    free_frame(answer);
    if (end != END_DONE) {
        disconnect(client);
        exit(end);
    }
    return reply;
}

static void free_reply(void *reply) { protobuf_c_message_free_unpacked(reply, &allocator); }

/* ---- Standard input: secrets, a line each ---------------------------------------------------- */

static struct termios terminal_before;
static volatile sig_atomic_t is_terminal_silent = 0;

static void restore_terminal(void) {
    if (!is_terminal_silent) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    is_terminal_silent = 0;
}

/* Somebody who gives up at a prompt still wants to see what they type next. */
static void restore_terminal_and_die(int number) {
    restore_terminal();
    signal(number, SIG_DFL);
    raise(number);
}

static void silence_terminal(void) {
    if (tcgetattr(STDIN_FILENO, &terminal_before) < 0) stop(END_INPUT, "%s", strerror(errno));
    struct termios silent = terminal_before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    is_terminal_silent = 1;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) < 0) stop(END_INPUT, "%s", strerror(errno));
}

/* One line without its end, otherwise as it is (P8.2). Byte by byte: a buffer of stdio would keep
   what it read. A terminal is asked, and shows nothing. */
static ProtobufCBinaryData read_secret(const char *what) {
    ProtobufCBinaryData line = {.len = 0, .data = allocate(LINE_BYTES_MAX)};
    bool is_terminal = isatty(STDIN_FILENO);
    if (is_terminal) {
        fprintf(stderr, "%s: ", what);
        silence_terminal();
    }
    for (;;) {
        ssize_t came = read(STDIN_FILENO, line.data + line.len, 1);
        if (came < 0 && errno == EINTR) continue;
        if (came < 0) stop(END_INPUT, "%s: %s", what, strerror(errno));
        if (came == 0 && line.len == 0) stop(END_INPUT, "%s is missing", what);
        if (came == 0 || line.data[line.len] == '\n') break;
        if (++line.len == LINE_BYTES_MAX) stop(END_INPUT, "%s is too long", what);
    }
    if (is_terminal) {
        restore_terminal();
        fputc('\n', stderr);
    }
    return line;
}

/* P8.2: of a whole URL, what stands behind the #. */
static ProtobufCBinaryData behind_hash(ProtobufCBinaryData line) {
    const uint8_t *hash = memchr(line.data, '#', line.len);
    size_t before = hash == NULL ? 0 : (size_t)(hash - line.data) + 1;
    return (ProtobufCBinaryData){.len = line.len - before, .data = line.data + before};
}

/* ---- The flow -------------------------------------------------------------------------------- */

static const struct method
    request_reset = {
        "rekey.v1.Rekey/RequestReset", REPEAT_WITH_KEY,
        &rekey__v1__request_reset_reply__descriptor},
    validate_link = {
        "rekey.v1.Rekey/ValidateLink", REPEAT_FREELY, &rekey__v1__validate_link_reply__descriptor},
    activate = {"rekey.v1.Rekey/Activate", REPEAT_WITH_KEY, &rekey__v1__activate_reply__descriptor},
    login = {"rekey.v1.Rekey/Login", REPEAT_NEVER, &rekey__v1__login_reply__descriptor},
    check_session = {
        "rekey.v1.Rekey/CheckSession", REPEAT_FREELY, &rekey__v1__check_session_reply__descriptor},
    logout = {"rekey.v1.Rekey/Logout", REPEAT_WITH_KEY, &rekey__v1__logout_reply__descriptor};

static void ask_for_letters(struct client *client, char *identifier) {
    Rekey__V1__RequestResetRequest request = REKEY__V1__REQUEST_RESET_REQUEST__INIT;
    request.identifier = identifier;
    Rekey__V1__RequestResetReply *reply = (void *)call(client, &request_reset, &request.base);
    printf("RequestReset: if there is such an account, a link and a code are on their way; "
           "the link opens for %llu min\n", (unsigned long long)(reply->link_life_ms / 60000));
    free_reply(reply);
}

static void look_at_link(struct client *client, ProtobufCBinaryData link) {
    Rekey__V1__ValidateLinkRequest request = REKEY__V1__VALIDATE_LINK_REQUEST__INIT;
    request.link = link;
    Rekey__V1__ValidateLinkReply *reply = (void *)call(client, &validate_link, &request.base);
    fputs("ValidateLink: the link is good; its letters went to ", stdout);
    print_foreign(stdout, reply->masked_mail);
    fputs(" and ", stdout);
    print_foreign(stdout, reply->masked_mobile);
    /* A singular message may always be absent. */
    if (reply->password != NULL) {
        unsigned least = reply->password->code_points_min;
        printf("; a password has %u code points or more", least);
    }
    fputc('\n', stdout);
    free_reply(reply);
}

static void set_password(
    struct client *client, ProtobufCBinaryData link, ProtobufCBinaryData code,
    ProtobufCBinaryData password, ProtobufCBinaryData confirmation) {
    Rekey__V1__ActivateRequest request = REKEY__V1__ACTIVATE_REQUEST__INIT;
    request.link = link;
    request.code = code;
    request.password = password;
    request.confirmation = confirmation;
    free_reply(call(client, &activate, &request.base));
    puts("Activate: the new password is set");
}

static void use_session(struct client *client, char *identifier, ProtobufCBinaryData password) {
    Rekey__V1__LoginRequest opening = REKEY__V1__LOGIN_REQUEST__INIT;
    opening.identifier = identifier;
    opening.password = password;
    Rekey__V1__LoginReply *opened = (void *)call(client, &login, &opening.base);
    puts("Login: the new password opens the account");

    Rekey__V1__CheckSessionRequest checking = REKEY__V1__CHECK_SESSION_REQUEST__INIT;
    checking.session = opened->session;
    Rekey__V1__CheckSessionReply *checked = (void *)call(client, &check_session, &checking.base);
    fputs("CheckSession: it is the session of ", stdout);
    print_foreign(stdout, checked->identifier);
    fputs(", ", stdout);
    print_foreign(stdout, checked->name);
    fputc('\n', stdout);
    free_reply(checked);

    Rekey__V1__LogoutRequest closing = REKEY__V1__LOGOUT_REQUEST__INIT;
    closing.session = opened->session;
    free_reply(call(client, &logout, &closing.base));
    puts("Logout: the session is over");
    free_reply(opened);
}

static void flow(struct client *client, char *identifier) {
    ask_for_letters(client, identifier);
    /* A person takes minutes; the server would end a connection without calls (P7.2). */
    disconnect(client);

    ProtobufCBinaryData line = read_secret("link"), code = read_secret("code");
    ProtobufCBinaryData password = read_secret("new password");
    ProtobufCBinaryData confirmation = read_secret("new password once more");
    ProtobufCBinaryData link = behind_hash(line);
    look_at_link(client, link);
    set_password(client, link, code, password, confirmation);
    use_session(client, identifier, password);
    disconnect(client);

    release(line.data);
    release(code.data);
    release(password.data);
    release(confirmation.data);
}

/* Where the servers are; false if the arguments do not say. */
static bool take_arguments(struct client *client, int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "--plaintext-on-loopback") == 0) {
        client->server_count = 1;
        return parse_server(&client->servers[0], argv[2]);
    }
    if (argc == 4 && strcmp(argv[1], "--profile") == 0) client->profile = argv[2];
    else if (argc == 2 && argv[1][0] != '-') client->profile = getenv("REKEY_PROFILE");
    if (client->profile == NULL || client->profile[0] == 0) return false;
    client->server_count = read_servers(client->profile, client->servers);
    /* What is wrong with the other files is said before anything is sent. */
    SSL_CTX_free(tls_context(client->profile));
    return true;
}

int main(int argc, char **argv) {
    /* What memory holds while it runs belongs in no core file. */
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0) stop(END_SYSTEM, "%s", strerror(errno));
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGINT, restore_terminal_and_die);
    signal(SIGTERM, restore_terminal_and_die);
    signal(SIGPIPE, SIG_IGN);
    atexit(restore_terminal);
    /* Before OpenSSL wakes, whose own farewell comes then first. */
    atexit(release_all);
    if (CRYPTO_set_mem_functions(
            allocate_for_openssl, move_for_openssl, release_for_openssl) != 1) {
        stop(END_SYSTEM, "OpenSSL would keep what it frees");
    }

    struct client client = {.stream = {.socket = -1}};
    if (!take_arguments(&client, argc, argv)) {
        fputs(
            "usage: rekey_flow [--profile FOLDER] IDENTIFIER\n"
            "       rekey_flow --plaintext-on-loopback HOST:PORT IDENTIFIER\n"
            "  then on standard input, a line each: link, code, new password, new password;\n"
            "  without an argument the profile is that of REKEY_PROFILE\n",
            stderr);
        return END_USAGE;
    }
    flow(&client, argv[argc - 1]);
    if (fflush(stdout) != 0 || ferror(stdout)) stop(END_SYSTEM, "stdout: %s", strerror(errno));
    return END_DONE;
}
