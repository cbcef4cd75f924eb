"""Makes special_functions.csv: values of the theory's special functions in arbitrary precision.

Needs mpmath. Arguments are doubles, written so that they read back exactly; values have 25 digits. Run: python3 make_special_functions.py
"""
from mpmath import acos, binomial, digamma, exp, eigsy, eye, log, matrix, mp, mpf, nstr, ones, pi, polygamma, quad, sqrt

mp.dps = 60


def k0(c):
    return (pi - acos(c)) / pi


def k1(c):
    return (sqrt(1 - c * c) + c * (pi - acos(c))) / pi


def k2(c):
    return (3 * sqrt(1 - c * c) * c + (pi - acos(c)) * (1 + 2 * c * c)) / pi


def walk(width):
    weights = {k: binomial(width, k) for k in range(1, width + 1)}
    total = sum(weights.values())
    mean = sum(w * digamma(mpf(k) / 2) for k, w in weights.items()) / total
    square = sum(w * (polygamma(1, mpf(k) / 2) + (digamma(mpf(k) / 2) - mean) ** 2) for k, w in weights.items()) / total
    return mean + log(mpf(4) / width), square


def residual_chi_squared(unit, h):
    b = 1 - 1 / pi
    a = (pi / (pi - 1)) ** (h - 1)
    product = mpf(1)
    for k in range(unit):
        s = 1 + b * k
        product *= (s + a) / (s + b)
    return product


def batch_norm_example():
    """Law S5 on K = diag(1, 2, 3, 4) + 11'/2, epsilon 0: two kernel entries' Laplace integrals and E[1/variance]."""
    points = 4
    kernel = ones(points) / 2 + matrix([[i + 1 if i == j else 0 for j in range(points)] for i in range(points)])
    centring = eye(points) - ones(points) / points
    values, vectors = eigsy(centring * kernel * centring)
    kept = [k for k in range(points) if values[k] > mpf(10) ** -40]

    def damping(t):
        product = mpf(1)
        for k in kept:
            product /= sqrt(1 + 2 * t * values[k])
        return product

    def covariance(t, i, j):
        return sum(vectors[i, k] * vectors[j, k] * values[k] / (1 + 2 * t * values[k]) for k in kept)

    def activation(t, i, j):
        if i == j:
            return covariance(t, i, i) / 2
        scale = sqrt(covariance(t, i, i) * covariance(t, j, j))
        return scale * k1(covariance(t, i, j) / scale) / 2

    def integral(function):
        nodes = [-150, -60, -20, -10, -5, -2, 0, 2, 5, 10, 20, 60, 150, 300]
        return points * quad(lambda v: exp(v) * damping(exp(v)) * function(exp(v)), nodes)

    return {
        "bn_example_11": integral(lambda t: activation(t, 0, 0)),
        "bn_example_12": integral(lambda t: activation(t, 0, 1)),
        "bn_example_44": integral(lambda t: activation(t, 3, 3)),
        "bn_example_inverse_variance": integral(lambda t: mpf(1)),
    }


rows = []


def add(function, argument, value):
    rows.append(f"{function},{argument!r},{nstr(value, 25, min_fixed=0, max_fixed=0)}")


correlations = [-1.0, -1 + 2.0**-52, -1 + 1e-12, -1 + 1e-8, -1 + 1e-4, -0.99, -0.9, -0.88, -0.87, -0.5, -0.1, 0.0, 1e-9, 0.3, 0.5, 0.8, 0.95, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 1e-13, 1 - 2.0**-52, 1.0]
for c in correlations:
    add("k0", c, k0(mpf(c)))
    add("k1", c, k1(mpf(c)))
    add("k2", c, k2(mpf(c)))
for d in [0.0, 1e-300, 1e-30, 1e-16, 1e-12, 1e-8, 1e-5, 1e-3, 0.05, 0.12, 0.13, 0.5, 1.0, 1.9, 2.0]:
    with mp.workdps(400):
        add("distance", d, 1 - k1(1 - mpf(d)))
for width in [1, 2, 3, 8, 16, 32, 64, 128, 512]:
    drift, variance = walk(width)
    add("drift", width, drift)
    add("variance", width, variance)
for h in [1, 2, 3]:
    add("tau", h, ((pi / (pi - 1)) ** h - 1) / 2)
    for unit in [1, 2, 10, 100, 500]:
        add(f"chi2_h{h}", unit, residual_chi_squared(unit, h))
add("delta_chi", 0, sqrt(pi / (pi - 1)))
for name, value in batch_norm_example().items():
    add(name, 0, value)

with open("special_functions.csv", "w", encoding="ascii", newline="\n") as file:
    file.write("function,argument,value\n")
    file.write("\n".join(rows) + "\n")
