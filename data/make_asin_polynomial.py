"""Prints the polynomial R of `asin x = x + x^3 R(x^2)`, |x| <= 1/2, that src/Theory/Activations/VectorAngle.cs evaluates, and encloses its error.

R interpolates (asin x / x - 1)/x^2 at Chebyshev's nodes. The error x^2 |R - exact| is a power series whose coefficients are known: on each of 500 pieces its expansion about the middle
bounds it, with a rest that the sizes of all coefficients bound. 50 digits. Needs mpmath. Run: python3 make_asin_polynomial.py (some seconds).
"""
from mpmath import asin, cos, factorial, lu_solve, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 50

DEGREE = 12
END = mpf(1) / 4
GRID = 500
UNIT = mpf(2) ** -53


def exact(z):
    root = sqrt(z)
    return (asin(root) / root - 1) / z


def interpolant():
    nodes = [END / 2 * (1 - cos(pi * (k + mpf(1) / 2) / (DEGREE + 1))) for k in range(DEGREE + 1)]
    powers = matrix([[node**k for k in range(DEGREE + 1)] for node in nodes])
    return [float(value) for value in lu_solve(powers, matrix([exact(node) for node in nodes]))]


def horner(coefficients, z):
    value = mpf(0)
    for coefficient in reversed(coefficients):
        value = value * z + mpf(coefficient)
    return value


def error_polynomial(coefficients):
    """Coefficients of R - exact: those of the series of asin are central binomials; beyond the degree they are summed up as a tail that is positive and grows with z."""
    series, term = [], mpf(1)
    for n in range(1, 120):
        term *= mpf(2 * n - 1) / (2 * n)
        series.append(term / (2 * n + 1))
    return [mpf(c) - series[k] for k, c in enumerate(coefficients)], series[len(coefficients):]


coefficients = interpolant()
head, tail = error_polynomial(coefficients)


ORDER = 5


def derivative(coefficients, order, z, shift=0, sign=False):
    """Of Σ c_k z^(k + shift); with absolute values where only its size is of interest."""
    total = mpf(0)
    for k, a in enumerate(coefficients):
        power = k + shift
        if power >= order:
            factor = mpf(1)
            for j in range(order):
                factor *= power - j
            total += (abs(a) if sign else a) * factor * z ** (power - order)
    return total


# Taylor's expansion about the middle of each piece, and its rest by the sizes of all coefficients at the end of the interval.
half = END / GRID / 2
largest = derivative(head, ORDER, END, 0, True) + derivative(tail, ORDER, END, len(head), True)
worst = mpf(0)
for k in range(GRID):
    z = half * (2 * k + 1)
    bound = sum(abs(derivative(head, j, z) - derivative(tail, j, z, len(head))) * half**j / factorial(j) for j in range(ORDER))
    worst = max(worst, (z + half) * (bound + largest * half**ORDER / factorial(ORDER)))

print("coefficients, the highest power first:")
for value in reversed(coefficients):
    print(repr(value))
print(f"error of asin x over x: at most {nstr(worst, 4)}, {nstr(worst / UNIT, 4)} of a rounding unit")
