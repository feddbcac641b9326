#ifndef WORKBENCH_CLAPACK_SHIM_H
#define WORKBENCH_CLAPACK_SHIM_H

#include <stdbool.h>
#include <stdlib.h>

// Fortran's own names, since the C headers of LAPACK are not the same on every system.
void dsyrk_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *beta, double *c, const int *ldc);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a,
             const int *lda, const double *vl, const double *vu, const int *il, const int *iu,
             const double *abstol, int *m, double *w, double *z, const int *ldz, int *isuppz,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);

/// The eigenvectors of the `count` largest eigenvalues of M Mᵀ (`of_columns` false) or Mᵀ M (true),
/// where M is [rows, columns], row-major: `vectors` is [count, size], ascending by eigenvalue.
/// False where memory is short or LAPACK gives up.
static inline bool lapack_leading_vectors(const double *matrix, int rows, int columns,
                                          bool of_columns, int count, double *vectors) {
  const int n = of_columns ? columns : rows, k = of_columns ? rows : columns;
  const double one = 1, zero = 0;
  double *gram = (double *)malloc(sizeof(double) * (size_t)n * (size_t)n);
  double *values = (double *)malloc(sizeof(double) * (size_t)n);
  int *support = (int *)malloc(sizeof(int) * 2 * (size_t)n);
  bool done = false;
  if (gram != NULL && values != NULL && support != NULL) {
    // In Fortran's order the matrix is its own transpose.
    dsyrk_("L", of_columns ? "N" : "T", &n, &k, &one, matrix, &columns, &zero, gram, &n);
    const int first = n - count + 1;
    int found = 0, info = 0, size = -1, integer_size = -1, integers_needed = 0;
    double needed = 0;
    dsyevr_("V", "I", "L", &n, gram, &n, &zero, &zero, &first, &n, &zero, &found, values, vectors,
            &n, support, &needed, &size, &integers_needed, &integer_size, &info);
    size = (int)needed;
    integer_size = integers_needed;
    double *work = (double *)malloc(sizeof(double) * (size_t)size);
    int *integers = (int *)malloc(sizeof(int) * (size_t)integer_size);
    if (info == 0 && work != NULL && integers != NULL) {
      dsyevr_("V", "I", "L", &n, gram, &n, &zero, &zero, &first, &n, &zero, &found, values,
              vectors, &n, support, work, &size, integers, &integer_size, &info);
      done = info == 0 && found == count;
    }
    free(work);
    free(integers);
  }
  free(gram);
  free(values);
  free(support);
  return done;
}

#endif
