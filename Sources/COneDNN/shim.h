// Matrix products with packed weights over oneDNN's C API, for its versions 2 and 3.
#ifndef WORKBENCH_ONEDNN_SHIM_H
#define WORKBENCH_ONEDNN_SHIM_H

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t onednn_layout;
typedef const_dnnl_memory_desc_t onednn_const_layout;
#else
typedef dnnl_memory_desc_t *onednn_layout;
typedef const dnnl_memory_desc_t *onednn_const_layout;
#endif

/// y[m, n] = x[m, k] W^T for one shape: W is [n, k] and packed as this shape's fastest kernel
/// likes it. y is float32; x and the packed W are float32 or bfloat16.
typedef struct {
  int64_t m, n, k;
  dnnl_engine_t engine;
  dnnl_data_type_t type;
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
} onednn_matmul;

static inline dnnl_status_t onednn_layout_create(onednn_layout *layout, int64_t rows,
                                                 int64_t columns, dnnl_data_type_t type,
                                                 dnnl_format_tag_t tag) {
  dnnl_dims_t dims = {rows, columns};
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_tag(layout, 2, dims, type, tag);
#else
  *layout = (onednn_layout)malloc(sizeof(dnnl_memory_desc_t));
  if (*layout == NULL) return dnnl_out_of_memory;
  return dnnl_memory_desc_init_by_tag(*layout, 2, dims, type, tag);
#endif
}

static inline void onednn_layout_destroy(onednn_layout layout) {
#if DNNL_VERSION_MAJOR >= 3
  if (layout != NULL) dnnl_memory_desc_destroy(layout);
#else
  free(layout);
#endif
}

static inline size_t onednn_layout_bytes(onednn_const_layout layout) {
  return dnnl_memory_desc_get_size(layout);
}

/// Weight layout seen as [k, n], the way oneDNN names a product's right side.
static inline onednn_const_layout onednn_matmul_weights(const onednn_matmul *matmul) {
  return dnnl_primitive_desc_query_md(matmul->descriptor, dnnl_query_weights_md, 0);
}

static inline onednn_const_layout onednn_matmul_scratchpad(const onednn_matmul *matmul) {
  return dnnl_primitive_desc_query_md(matmul->descriptor, dnnl_query_scratchpad_md, 0);
}

static inline size_t onednn_matmul_packed_bytes(const onednn_matmul *matmul) {
  return onednn_layout_bytes(onednn_matmul_weights(matmul));
}

static inline size_t onednn_matmul_scratch_bytes(const onednn_matmul *matmul) {
  return onednn_layout_bytes(onednn_matmul_scratchpad(matmul));
}

static inline void onednn_matmul_destroy(onednn_matmul *matmul) {
  if (matmul == NULL) return;
  if (matmul->primitive != NULL) dnnl_primitive_destroy(matmul->primitive);
  if (matmul->descriptor != NULL) dnnl_primitive_desc_destroy(matmul->descriptor);
  free(matmul);
}

static inline dnnl_status_t onednn_matmul_describe(onednn_matmul *matmul, onednn_const_layout x,
                                                   onednn_const_layout w, onednn_const_layout y) {
  dnnl_primitive_attr_t attributes;
  dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
#if DNNL_VERSION_MAJOR >= 3
  if (status == dnnl_success)
    status = dnnl_matmul_primitive_desc_create(&matmul->descriptor, matmul->engine, x, w, NULL, y,
                                               attributes);
#else
  dnnl_matmul_desc_t operation;
  if (status == dnnl_success) status = dnnl_matmul_desc_init(&operation, x, w, NULL, y);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&matmul->descriptor, &operation, attributes,
                                        matmul->engine, NULL);
#endif
  dnnl_primitive_attr_destroy(attributes);
  return status;
}

/// Compiles a product; with `packed_like` it takes weights in that product's layout, else its own.
static inline dnnl_status_t onednn_matmul_create(onednn_matmul **result, dnnl_engine_t engine,
                                                 int64_t m, int64_t n, int64_t k, bool bf16,
                                                 const onednn_matmul *packed_like) {
  onednn_matmul *matmul = (onednn_matmul *)calloc(1, sizeof(onednn_matmul));
  onednn_layout x = NULL, w = NULL, y = NULL;
  *result = NULL;
  if (matmul == NULL) return dnnl_out_of_memory;
  matmul->m = m, matmul->n = n, matmul->k = k, matmul->engine = engine;
  matmul->type = bf16 ? dnnl_bf16 : dnnl_f32;
  dnnl_status_t status = onednn_layout_create(&x, m, k, matmul->type, dnnl_ab);
  if (status == dnnl_success) status = onednn_layout_create(&w, k, n, matmul->type, dnnl_format_tag_any);
  if (status == dnnl_success) status = onednn_layout_create(&y, m, n, dnnl_f32, dnnl_ab);
  if (status == dnnl_success)
    status = onednn_matmul_describe(
      matmul, x, packed_like == NULL ? w : onednn_matmul_weights(packed_like), y);
  if (status == dnnl_success) status = dnnl_primitive_create(&matmul->primitive, matmul->descriptor);
  onednn_layout_destroy(x);
  onednn_layout_destroy(w);
  onednn_layout_destroy(y);
  if (status == dnnl_success) *result = matmul;
  else onednn_matmul_destroy(matmul);
  return status;
}

static inline dnnl_status_t onednn_reorder(dnnl_engine_t engine, dnnl_stream_t stream,
                                           onednn_const_layout from, void *source,
                                           onednn_const_layout to, void *target) {
  dnnl_memory_t a = NULL, b = NULL;
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_primitive_t primitive = NULL;
  dnnl_status_t status = dnnl_memory_create(&a, from, engine, source);
  if (status == dnnl_success) status = dnnl_memory_create(&b, to, engine, target);
  if (status == dnnl_success)
    status = dnnl_reorder_primitive_desc_create(&descriptor, from, engine, to, engine, NULL);
  if (status == dnnl_success) status = dnnl_primitive_create(&primitive, descriptor);
  if (status == dnnl_success) {
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, a}, {DNNL_ARG_TO, b}};
    status = dnnl_primitive_execute(primitive, stream, 2, arguments);
  }
  if (primitive != NULL) dnnl_primitive_destroy(primitive);
  if (descriptor != NULL) dnnl_primitive_desc_destroy(descriptor);
  if (a != NULL) dnnl_memory_destroy(a);
  if (b != NULL) dnnl_memory_destroy(b);
  return status;
}

/// Packs rows [first, first + count) of W, given as float32 [count, k], into `packed`.
///
/// `first` and `first + count` must fall on the layout's blocks or on the last row.
static inline dnnl_status_t onednn_matmul_pack(const onednn_matmul *matmul, dnnl_stream_t stream,
                                               float *rows, int64_t first, int64_t count,
                                               void *packed) {
  dnnl_dims_t dims = {matmul->k, count}, offsets = {0, first};
  onednn_layout from = NULL;
  dnnl_status_t status = onednn_layout_create(&from, matmul->k, count, dnnl_f32, dnnl_ba);
  if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
    onednn_layout slice = NULL;
    status = dnnl_memory_desc_create_submemory(&slice, onednn_matmul_weights(matmul), dims, offsets);
    if (status == dnnl_success)
      status = onednn_reorder(matmul->engine, stream, from, rows, slice, packed);
    onednn_layout_destroy(slice);
#else
    dnnl_memory_desc_t slice;
    status = dnnl_memory_desc_init_submemory(&slice, onednn_matmul_weights(matmul), dims, offsets);
    if (status == dnnl_success)
      status = onednn_reorder(matmul->engine, stream, from, rows, &slice, packed);
#endif
  }
  onednn_layout_destroy(from);
  return status;
}

/// Whether weights are packed in blocks of 64 outputs with inputs one after another, each output
/// summed over them in order: [n / 64][k][64], of bfloat16 [n / 64][k / 2][64][2].
///
/// False where that is not known, as with oneDNN 3 and with matrix extensions.
static inline bool onednn_matmul_packs_by_64(const onednn_matmul *matmul) {
#if DNNL_VERSION_MAJOR >= 3
  (void)matmul;
  return false;
#else
  const char *kernel = "";
  if (dnnl_primitive_desc_query(matmul->descriptor, dnnl_query_impl_info_str, 0, &kernel) !=
      dnnl_success)
    return false;
  const bool bf16 = matmul->type == dnnl_bf16;
  if (strcmp(kernel, bf16 ? "brg:avx512_core_bf16" : "brg:avx512_core") != 0) return false;
  const dnnl_memory_desc_t *layout = onednn_matmul_weights(matmul);
  if (layout->format_kind != dnnl_blocked) return false;
  const dnnl_blocking_desc_t *blocks = &layout->format_desc.blocking;
  const int64_t step = bf16 ? 32 : 16;
  const bool inner = blocks->inner_nblks == (bf16 ? 3 : 2) && blocks->inner_blks[0] == 16 &&
                     blocks->inner_idxs[0] == 0 && blocks->inner_blks[1] == 64 &&
                     blocks->inner_idxs[1] == 1 &&
                     (!bf16 || (blocks->inner_blks[2] == 2 && blocks->inner_idxs[2] == 0));
  return inner && blocks->strides[0] == step * 64 && blocks->strides[1] == layout->padded_dims[0] * 64;
#endif
}

/// Runs the product; `scratch` holds onednn_matmul_scratch_bytes bytes.
static inline dnnl_status_t onednn_matmul_run(const onednn_matmul *matmul, dnnl_stream_t stream,
                                              void *x, void *packed, float *y, void *scratch) {
  const onednn_const_layout layouts[4] = {
    dnnl_primitive_desc_query_md(matmul->descriptor, dnnl_query_src_md, 0),
    onednn_matmul_weights(matmul),
    dnnl_primitive_desc_query_md(matmul->descriptor, dnnl_query_dst_md, 0),
    onednn_matmul_scratchpad(matmul)};
  void *const pointers[4] = {x, packed, y, scratch};
  const int names[4] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD};
  dnnl_exec_arg_t arguments[4] = {{0}};
  dnnl_status_t status = dnnl_success;
  for (int i = 0; i < 4 && status == dnnl_success; i++) {
    arguments[i].arg = names[i];
    status = dnnl_memory_create(&arguments[i].memory, layouts[i], matmul->engine, pointers[i]);
  }
  if (status == dnnl_success) status = dnnl_primitive_execute(matmul->primitive, stream, 4, arguments);
  for (int i = 0; i < 4; i++)
    if (arguments[i].memory != NULL) dnnl_memory_destroy(arguments[i].memory);
  return status;
}

/// Keeps oneDNN calls made from this thread on this thread.
///
/// The workbench runs one oneDNN call per worker; oneDNN's own OpenMP team would fight it for the
/// cores. Looked up at run time, because which OpenMP library oneDNN carries is its packager's
/// choice; an oneDNN without OpenMP needs nothing.
static inline void onednn_use_calling_thread_only(void) {
  void (*set_num_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_num_threads != NULL) set_num_threads(1);
}

#endif
