#ifndef WORKBENCH_CZLIB_SHIM_H
#define WORKBENCH_CZLIB_SHIM_H

#include <string.h>
#include <zlib.h>

/// Makes a stream ready to unpack gzip; Swift does not import the macro.
static inline int workbench_gunzip_init(z_stream *stream) {
  memset(stream, 0, sizeof *stream);
  return inflateInit2(stream, 15 + 16);
}

#endif
