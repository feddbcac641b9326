#ifndef WORKBENCH_CHDF5_SHIM_H
#define WORKBENCH_CHDF5_SHIM_H

#include <hdf5.h>
#include <hdf5_hl.h>

// Swift cannot import macros that cast or that call H5open(), so each one in use has a function.

static inline hid_t chdf5_type_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_type_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t chdf5_type_int32(void) { return H5T_STD_I32LE; }
static inline hid_t chdf5_type_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_type_int8(void) { return H5T_STD_I8LE; }
static inline hid_t chdf5_type_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t chdf5_type_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t chdf5_type_c_string(void) { return H5T_C_S1; }
static inline size_t chdf5_variable_size(void) { return H5T_VARIABLE; }

static inline hid_t chdf5_default_properties(void) { return H5P_DEFAULT; }
static inline hid_t chdf5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_dataset_create_class(void) { return H5P_DATASET_CREATE; }
static inline hid_t chdf5_group_create_class(void) { return H5P_GROUP_CREATE; }
static inline hid_t chdf5_dataset_access_class(void) { return H5P_DATASET_ACCESS; }

static inline hid_t chdf5_whole_space(void) { return H5S_ALL; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned chdf5_read_write(void) { return H5F_ACC_RDWR; }
static inline unsigned chdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline hid_t chdf5_current_errors(void) { return H5E_DEFAULT; }

#endif
