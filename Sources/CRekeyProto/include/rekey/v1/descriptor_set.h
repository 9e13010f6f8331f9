/* Made by Proto/generate: services.proto and its imports, a google.protobuf.FileDescriptorSet. */
#ifndef REKEY_DESCRIPTOR_SET_H
#define REKEY_DESCRIPTOR_SET_H
#include <stddef.h>
#include <stdint.h>

const uint8_t *rekey_descriptor_set(void);
size_t rekey_descriptor_set_length(void);

#endif
