// SHA-256, from OpenSSL's libcrypto.
#ifndef WORKBENCH_OPENSSL_SHIM_H
#define WORKBENCH_OPENSSL_SHIM_H

#include <openssl/evp.h>
#include <stdbool.h>

/// Writes the 32 bytes of the digest; false when OpenSSL cannot compute it.
static inline bool openssl_sha256(const void *data, size_t count, unsigned char digest[32]) {
  unsigned int size = 32;
  return EVP_Digest(data, count, digest, &size, EVP_sha256(), NULL) == 1 && size == 32;
}

/// Begins a digest of parts; NULL when OpenSSL cannot compute it.
static inline EVP_MD_CTX *openssl_sha256_begin(void) {
  EVP_MD_CTX *state = EVP_MD_CTX_new();
  if (state != NULL && EVP_DigestInit_ex(state, EVP_sha256(), NULL) == 1) return state;
  EVP_MD_CTX_free(state);
  return NULL;
}

/// Adds a part; false when OpenSSL cannot go on.
static inline bool openssl_sha256_add(EVP_MD_CTX *state, const void *data, size_t count) {
  return EVP_DigestUpdate(state, data, count) == 1;
}

/// Writes the 32 bytes of the digest of all parts; false when OpenSSL cannot compute it.
static inline bool openssl_sha256_end(EVP_MD_CTX *state, unsigned char digest[32]) {
  unsigned int size = 32;
  return EVP_DigestFinal_ex(state, digest, &size) == 1 && size == 32;
}

/// Frees what openssl_sha256_begin has given.
static inline void openssl_sha256_free(EVP_MD_CTX *state) { EVP_MD_CTX_free(state); }

#endif
