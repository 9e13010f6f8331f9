// CRC32C, twice: one instruction per 8 bytes where the processor has it, a table of 256 elsewhere.
#include "CRekeyLinux.h"

#include <string.h>

static uint32_t table[256];
static int hardware;

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t by_hardware(const uint8_t *p, size_t count) {
    uint64_t crc = 0xFFFFFFFFu;
    for (; count >= 8; p += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = __builtin_ia32_crc32di(crc, word);
    }
    uint32_t rest = (uint32_t)crc;
    for (; count > 0; p++, count--) rest = __builtin_ia32_crc32qi(rest, *p);
    return ~rest;
}
#endif

// Before main, so that no caller ever asks whether it has been done.
__attribute__((constructor)) static void prepare(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
        table[byte] = crc;
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    hardware = __builtin_cpu_supports("sse4.2") != 0;
#endif
}

uint32_t rekey_crc32c_by_table(const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    uint32_t crc = 0xFFFFFFFFu;
    for (; count > 0; p++, count--) crc = (crc >> 8) ^ table[(crc ^ *p) & 0xFFu];
    return ~crc;
}

uint32_t rekey_crc32c(const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (hardware) return by_hardware(bytes, count);
#endif
    return rekey_crc32c_by_table(bytes, count);
}
