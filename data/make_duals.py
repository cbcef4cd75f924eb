"""Makes duals.csv: duals of activations by quadrature in 30 digits, on routes that the project's code does not take.

V and T are expectations over u of conditional expectations over v given u, on panels that end at kinks; arithmetic in 30 digits, nodes for 20. Needs mpmath. Run: python3 make_duals.py (some minutes), or with names of functions: their rows are made anew, the others stay.
"""
from mpmath import cos, cosh, erf, exp, log, mp, mpf, nstr, pi, sin, sqrt, tanh

mp.dps = 30

one = mpf(1)


def normal(u):
    return (1 + erf(u / sqrt(mpf(2)))) / 2


def bell(u):
    return exp(-u * u / 2) / sqrt(2 * pi)


def logistic(u):
    return 1 / (1 + exp(-u))


def gelu_tanh(u):
    return u * (1 + tanh(sqrt(2 / pi) * (u + mpf("0.044715") * u**3))) / 2


def gelu_tanh_slope(u):
    inner = tanh(sqrt(2 / pi) * (u + mpf("0.044715") * u**3))
    return (1 + inner) / 2 + u * (1 - inner**2) * sqrt(2 / pi) * (1 + 3 * mpf("0.044715") * u * u) / 2


SLOPE = mpf(0.1)
FUNCTIONS = {
    "relu": (lambda u: u if u > 0 else mpf(0), lambda u: one if u > 0 else mpf(0), [0]),
    "leaky_relu": (lambda u: u if u > 0 else SLOPE * u, lambda u: one if u > 0 else SLOPE, [0]),
    "abs": (abs, lambda u: one if u > 0 else -one, [0]),
    "tanh": (tanh, lambda u: 1 / cosh(u) ** 2, []),
    "erf": (erf, lambda u: 2 / sqrt(pi) * exp(-u * u), []),
    "sine": (sin, cos, []),
    "gelu": (lambda u: u * normal(u), lambda u: normal(u) + u * bell(u), []),
    "gelu_tanh": (gelu_tanh, gelu_tanh_slope, []),
    "silu": (lambda u: u * logistic(u), lambda u: logistic(u) * (1 + u * (1 - logistic(u))), []),
    "elu": (lambda u: u if u > 0 else exp(u) - 1, lambda u: one if u > 0 else exp(u), [0]),
    "sigmoid": (logistic, lambda u: logistic(u) * (1 - logistic(u)), []),
    "softplus": (lambda u: log(1 + exp(u)), logistic, []),
    "hard_swish": (lambda u: u * min(max(u + 3, 0), 6) / 6, lambda u: mpf(0) if u <= -3 else one if u >= 3 else (2 * u + 3) / 6, [-3, 3]),
}


def legendre(order):
    """Nodes and weights on [-1, 1], by Newton's method on the recurrence."""
    rule = []
    for k in range(order):
        x = cos(pi * (k + mpf(3) / 4) / (order + mpf(1) / 2))
        for _ in range(8):
            before, now = one, x
            for n in range(2, order + 1):
                before, now = now, ((2 * n - 1) * x * now - (n - 1) * before) / n
            derivative = order * (x * now - before) / (x * x - 1)
            x -= now / derivative
        rule.append((x, 2 / ((1 - x * x) * derivative**2)))
    return rule


RULE = legendre(30)


def nodes(mean, deviation, kinks):
    """Arguments and weights of an expectation over a Gaussian variable: panels of length 2 in z, cut at kinks and where the argument is 0."""
    edges = {mpf(-12) + 2 * k for k in range(13)}
    for kink in list(kinks) + [0]:
        z = (kink - mean) / deviation
        if -12 < z < 12:
            edges.add(z)
    edges = sorted(edges)
    for start, end in zip(edges, edges[1:]):
        half, middle = (end - start) / 2, (end + start) / 2
        for x, w in RULE:
            z = middle + half * x
            weight = w * half * bell(z)
            if weight > mpf(10) ** -26:
                yield mean + deviation * z, weight


def dual(f, kinks, q1, q2, p):
    rest = sqrt(q2 - p * p / q1)
    total = mpf(0)
    for u, weight in nodes(mpf(0), sqrt(q1), kinks):
        total += weight * f(u) * sum(w * f(v) for v, w in nodes(p * u / q1, rest, kinks))
    return total


if __name__ == "__main__":
    import csv
    import pathlib
    import sys
    table = pathlib.Path("duals.csv")
    asked = sys.argv[1:] or list(FUNCTIONS)
    if unknown := [name for name in asked if name not in FUNCTIONS]:
        sys.exit(f"no formula for {', '.join(unknown)}")
    kept = list(csv.reader(table.open(encoding="ascii")))[1:] if sys.argv[1:] else []
    rows = []
    arguments = [("1.5", "1.5", "1.35"), ("0.3", "4", "-0.5"), ("2", "1", "1.4")]
    for name, (s, slope, kinks) in FUNCTIONS.items():
        if name not in asked:
            rows += [row for row in kept if row[0] == name]
            continue
        for q1, q2, p in arguments:
            numbers = [mpf(float(x)) for x in (q1, q2, p)]
            rows.append([name, q1, q2, p, nstr(dual(s, kinks, *numbers), 20), nstr(dual(slope, kinks, *numbers), 20)])
            print(rows[-1], file=sys.stderr, flush=True)
    with table.open("w", encoding="ascii", newline="\n") as file:
        file.write("function,q1,q2,p,V,T\n")
        file.write("".join(",".join(row) + "\n" for row in rows))
