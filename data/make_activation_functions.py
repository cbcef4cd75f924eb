"""Makes activation_functions.csv: activations and their derivatives in arbitrary precision, for the definition's own functions.

Needs mpmath. Arguments are doubles, written so that they read back exactly; values have 30 digits. Derivatives are those of the function's
definition by differences in 90 digits, not by a formula. The two scales say how far a value moves when the argument or any term of a sum
is off by a relative 1: rounding errors are counted in units of them. Run: python3 make_activation_functions.py
"""
from mpmath import diff, erf, erfc, exp, log, mp, mpf, nstr, pi, sin, sqrt, tanh

mp.dps = 90

FUNCTIONS = {
    "tanh": tanh,
    "erf": erf,
    "sine": sin,
    "gelu": lambda u: u * erfc(-u / sqrt(mpf(2))) / 2,
    "gelu_tanh": lambda u: u * (1 + tanh(sqrt(2 / pi) * (u + mpf("0.044715") * u**3))) / 2,
    "silu": lambda u: u / (1 + exp(-u)),
    "elu": lambda u: u if u > 0 else exp(u) - 1,
    "sigmoid": lambda u: 1 / (1 + exp(-u)),
    "softplus": lambda u: log(1 + exp(u)),
    "hard_swish": lambda u: u * min(max(u + 3, 0), 6) / 6,
    "relu": lambda u: max(u, mpf(0)),
    "leaky_relu": lambda u: u if u > 0 else u / 8,
    "abs": abs,
    "linear": lambda u: u,
}

MAGNITUDES = [1e-300, 1e-20, 1e-8, 1e-3, 0.1, 0.25, 0.4999, 0.5001, 0.75, 0.999, 1.001, 1.4142, 1.5, 2.0, 2.9, 3.1, 4.0, 5.5, 7.0, 10.0, 20.0, 37.0]
ARGUMENTS = sorted([-u for u in MAGNITUDES] + MAGNITUDES)


def text(value, digits=30):
    return nstr(value, digits, min_fixed=0, max_fixed=0)


def row(name, function, argument):
    u = mpf(argument)
    step = mpf(10) ** -20 * max(abs(u), mpf(10) ** -10) if abs(u) > mpf(10) ** -10 else mpf(10) ** -25 * abs(u)
    with mp.workdps(400):
        value, first, second = function(u), diff(function, u, 1, h=step), diff(function, u, 2, h=step)
    # A derivative of a product u·g is g + u·g': its terms may be larger than their sum.
    terms = abs(value / u) + abs(first - value / u) if name in ("gelu", "gelu_tanh", "silu", "hard_swish") else abs(first)
    return [name, repr(argument), text(value), text(first), text(abs(value) + abs(u * first), 4), text(terms + abs(u * second), 4)]


with open("activation_functions.csv", "w", encoding="ascii", newline="\n") as file:
    file.write("function,argument,value,derivative,value_scale,derivative_scale\n")
    for name, function in FUNCTIONS.items():
        for argument in ARGUMENTS:
            file.write(",".join(row(name, function, argument)) + "\n")
