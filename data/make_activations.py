"""Makes activations.csv: activations and their derivatives in arbitrary precision.

Needs mpmath. Arguments are doubles, written so that they read back exactly; values have 30 digits. Run: python3 make_activations.py
"""
import random

from mpmath import cos, erf, erfc, exp, expm1, log1p, mp, mpf, nstr, pi, sin, sqrt, tanh

mp.dps = 60


def logistic(u):
    return 1 / (1 + exp(-u))


def gelu(u):
    return u * erfc(-u / sqrt(2)) / 2


def gelu_slope(u):
    return erfc(-u / sqrt(2)) / 2 + u * exp(-u * u / 2) / sqrt(2 * pi)


def inner(u):
    return 2 * sqrt(2 / pi) * (u + mpf(0.044715) * u ** 3)


def gelu_tanh_slope(u):
    s = logistic(inner(u))
    return s + u * s * (1 - s) * 2 * sqrt(2 / pi) * (1 + 3 * mpf(0.044715) * u * u)


FUNCTIONS = {
    "tanh": (tanh, lambda u: 4 / (exp(u) + exp(-u)) ** 2),
    "erf": (erf, lambda u: 2 / sqrt(pi) * exp(-u * u)),
    "sine": (sin, cos),
    "gelu": (gelu, gelu_slope),
    "gelu_tanh": (lambda u: u * logistic(inner(u)), gelu_tanh_slope),
    "silu": (lambda u: u * logistic(u), lambda u: logistic(u) * (1 + u * (1 - logistic(u)))),
    "elu": (lambda u: u if u > 0 else expm1(u), lambda u: mpf(1) if u > 0 else exp(u)),
    "sigmoid": (logistic, lambda u: logistic(u) * (1 - logistic(u))),
    "softplus": (lambda u: u + log1p(exp(-u)) if u > 0 else log1p(exp(u)), logistic),
    "hard_swish": (
        lambda u: mpf(0) if u <= -3 else u if u >= 3 else u * (u + 3) / 6,
        lambda u: mpf(0) if u <= -3 else mpf(1) if u >= 3 else (2 * u + 3) / 6,
    ),
}


def arguments():
    numbers = random.Random(20190611)
    fixed = [1e-300, 1e-30, 1e-9, 1e-4, 0.1, 0.25, 0.3, 0.35, 0.5, 0.84, 0.85, 1, 1.19, 1.2, 1.25, 1.7, 1.8, 2, 2.85, 2.9, 3, 4, 5, 6, 9, 17, 26, 37, 40]
    spread = [numbers.uniform(0, 6) for _ in range(40)] + [numbers.uniform(6, 36) for _ in range(10)]
    return sorted(sign * u for u in fixed + spread for sign in (1, -1)) + [1e3, -1e3, 1e5, -1e5]


with open("activations.csv", "w") as table:
    print("function,argument,value,derivative", file=table)
    for name, (value, derivative) in FUNCTIONS.items():
        for u in arguments():
            print(name, repr(float(u)), nstr(value(mpf(u)), 30), nstr(derivative(mpf(u)), 30), sep=",", file=table)
