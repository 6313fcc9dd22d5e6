// The arithmetic of a Gaussian elimination in blocks, on many elements one after the other. Blocks
// are row-major; sizes up to 8 are compiled apart.
#pragma once

#include <cstddef>

namespace lmmdsl {

/// For each element: K = L L' in place (lower triangle of p x p), C := L^-1 C (p x q); adds 2 sum
/// log L_ii. False where a K is not positive definite.
bool factor_elements(int p, int q, std::size_t elements, double* K, double* C, double& log_det);

/// h := L^-1 h for each element; with `uniform` all have the same L.
void solve_elements(int p, std::size_t elements, const double* L, bool uniform, double* h);

/// out (a x b, rows of `stride`) -= times * A'B, with A (p x a) and B (p x b) columns of matrices
/// whose rows have length q.
void subtract_products(std::size_t p, std::size_t q, const double* A, const double* B,
                       std::size_t a, double times, double* out, std::size_t b, std::size_t stride);

/// out (a) -= A' w
void subtract_shift(std::size_t p, std::size_t q, const double* A, std::size_t a, const double* w,
                    double* out);

/// u = L'^-1 r
void solve_transposed(std::size_t p, const double* L, const double* r, double* u);

}  // namespace lmmdsl
