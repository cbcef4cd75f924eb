"""Finds the coefficients of src/Model/Functions/ErrorFunction.cs.

Needs mpmath; takes ten seconds. Prints the quotient of polynomials for Mills' ratio, the polynomial for erf(x)/x, and their largest relative errors. Run: python3 make_error_function.py
"""
from mpmath import cos, erf, erfc, exp, lu_solve, matrix, mp, mpf, nstr, pi, qr_solve, sqrt

mp.dps = 60


def mills(x):
    return sqrt(pi / 2) * exp(x * x / 2) * erfc(x / sqrt(2))


def polynomial(coefficients, x):
    return sum(c * x ** j for j, c in enumerate(coefficients))


def chebyshev(count):
    return [(1 - cos(pi * (k + mpf(1) / 2) / count)) / 2 for k in range(count)]


def quotient(degree, end=mpf(40), count=90):
    """Weighted least squares of over - f*under, repeated with weights that even out the relative error."""
    nodes = [2 * s / (1 - s) for s in (t * end / (end + 2) for t in chebyshev(count))]
    values = [mills(x) for x in nodes]
    under, weights = [mpf(1)] * count, [mpf(1)] * count
    for _ in range(6):
        rows, right = matrix(count, 2 * degree + 2), matrix(count, 1)
        for i, x in enumerate(nodes):
            weight = weights[i] / (values[i] * under[i])
            for j in range(degree + 1):
                rows[i, j] = weight * x ** j
                rows[i, degree + 1 + j] = -weight * values[i] * x ** (j + 1)
            right[i] = weight * values[i]
        solution, _residual = qr_solve(rows, right)
        p, q = [solution[j] for j in range(degree + 1)], [mpf(1)] + [solution[degree + 1 + j] for j in range(degree + 1)]
        under = [polynomial(q, x) for x in nodes]
        errors = [abs(polynomial(p, x) / u / f - 1) for x, u, f in zip(nodes, under, values)]
        weights = [w * sqrt(e / max(errors) + mpf("0.02")) for w, e in zip(weights, errors)]
    return p, q


over, under = quotient(9)
error = max(abs(polynomial(over, x) / polynomial(under, x) / mills(x) - 1) for x in [mpf(k) ** 2 / 4000 for k in range(400)])
print("over", [float(c) for c in over])
print("under", [float(c) for c in under])
print("relative error", nstr(error, 3))

squares = chebyshev(13)
rows, right = matrix(13, 13), matrix(13, 1)
for i, s in enumerate(squares):
    for j in range(13):
        rows[i, j] = s ** j
    right[i] = erf(sqrt(s)) / sqrt(s)
small = lu_solve(rows, right)
error = max(abs(polynomial([mpf(float(c)) for c in small], s) * sqrt(s) / erf(sqrt(s)) - 1) for s in [mpf(k) / 300 for k in range(1, 301)])
print("small", [float(c) for c in small])
print("relative error", nstr(error, 3))
