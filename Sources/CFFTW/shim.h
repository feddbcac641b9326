// FFTW in single precision.
#include <fftw3.h>
