// SHA-256 of memory, from OpenSSL's libcrypto.
#ifndef WORKBENCH_OPENSSL_SHIM_H
#define WORKBENCH_OPENSSL_SHIM_H

#include <openssl/evp.h>
#include <stdbool.h>

/// Writes the 32 bytes of the digest; false when OpenSSL cannot compute it.
static inline bool openssl_sha256(const void *data, size_t count, unsigned char digest[32]) {
  unsigned int size = 32;
  return EVP_Digest(data, count, digest, &size, EVP_sha256(), NULL) == 1 && size == 32;
}

#endif
