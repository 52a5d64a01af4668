"""The biophysical models of mit-spec section 4 once more, base by base, from its words and not from the package."""

from __future__ import annotations

PA35 = [
    dict(T=1.5, A=-0.5, C=-1.5, G=-1.5),
    dict(T=1.5, A=-0.5, C=-1.5, G=-1.5),
    dict(G=1.5, A=-0.5, T=-1, C=-1.5),
    dict(A=1.5, T=-0.3, G=-1.5, C=-1.5),
    dict(C=1.5, A=-0.5, T=-1, G=-1.5),
    dict(A=1.5, T=-0.3, G=-1.5, C=-1.5),
]
PA10 = [
    dict(T=1.5, A=-0.3, C=-2, G=-2),
    dict(A=2, T=-0.5, G=-2.5, C=-2.5),
    dict(T=1.5, A=-0.5, C=-1.5, G=-2),
    dict(A=1.5, T=-0.3, G=-1.5, C=-2),
    dict(A=1.5, T=-0.3, G=-1.5, C=-1.5),
    dict(T=1.5, A=-0.3, C=-1.5, G=-2),
]
UP = [dict(A=1, T=0.5, C=-1, G=-1)] * 5 + [
    dict(A=0.5, T=0.5, C=-0.5, G=-0.5),
    dict(A=0.5, G=0.5, T=-0.5, C=-0.5),
    dict(A=0.5, T=0.5, C=-0.5, G=-0.5),
    dict(A=0.5, G=0.5, T=-0.5, C=-0.5),
]
EXT = [dict(T=1.5, A=-0.5, C=-1.5, G=-1.5), dict(G=1.5, A=-1, T=-1, C=-1.5), dict(A=0.3, C=0.3, G=0.3, T=0.3)]
THERMO35 = [
    dict(T=2, A=0, C=-1, G=-1),
    dict(T=2, A=0, C=-1, G=-1),
    dict(G=2, A=0.5, T=-0.5, C=-1),
    dict(A=2, T=0.5, G=-1, C=-1),
    dict(C=2, A=0.5, T=-0.5, G=-1),
    dict(A=2, T=0.5, G=-1, C=-1),
]
THERMO10 = [
    dict(T=2, A=0.5, C=-1.5, G=-2),
    dict(A=3, T=0, G=-3, C=-3),
    dict(T=2, A=0.5, C=-1, G=-1.5),
    dict(A=2, T=0.5, G=-1, C=-1.5),
    dict(A=2, T=0.5, G=-1, C=-1),
    dict(T=2, A=0.5, C=-1, G=-1.5),
]


def at(matrix, sequence, place, outside=-10.0):
    if place < 0 or place + len(matrix) > len(sequence):
        return outside
    return sum(column.get(base, -2.0) for column, base in zip(matrix, sequence[place:], strict=False))


def best(matrix, sequence):
    return max((at(matrix, sequence, place) for place in range(len(sequence) - len(matrix) + 1)), default=-10.0)


def bonus(ext, p10):
    if ext <= 1:
        return 0.0
    return ext * 1.5 if p10 < 5 else ext * 0.5


def pa_pwm(s):
    p10 = at(PA10, s, 53)
    return at(PA35, s, 30) + p10 + 0.5 * at(UP, s, 15) + bonus(at(EXT, s, 50), p10)


def nocomp(s):
    return at(PA35, s, 30) + at(PA10, s, 53)


def nopos(s):
    p10 = best(PA10, s)
    return best(PA35, s) + p10 + 0.5 * best(UP, s) + bonus(best(EXT, s), p10)


def at_fraction(s):
    return sum(base in "AT" for base in s) / len(s) if s else 0.0


def thermodynamic(s):
    p10 = at(THERMO10, s, 53, -5.0)
    share = at_fraction(s[15:35])
    up = 2.5 if share > 0.8 else 1.5 if share > 0.7 else 0.5 if share > 0.6 else 0.0
    ext = 0.0
    if len(s) >= 52 and s[50] == "T":
        ext = 2.0 if s[51] == "G" else 0.5
    if p10 < 8 and ext > 1:
        ext *= 2
    return at(THERMO35, s, 30, -5.0) + p10 + 1.0 + up + ext


def scanning(s):
    def first_best(matrix):
        scores = [at(matrix, s, place) for place in range(len(s) - len(matrix) + 1)]
        return max(scores), scores.index(max(scores))

    (p35, i), (p10, j) = first_best(PA35), first_best(PA10)
    score = p35 + p10 - 0.3 * (abs(i - 25) + abs(j - 50)) - 0.4 * abs(j - (i + 6) - 17)
    if i >= j:
        score -= 5
    ext = max((at(EXT, s, place) for place in range(j - 5, j) if place >= 0), default=-10.0)
    if ext > 1:
        score += ext * (1.5 if p10 < 7 else 0.3)
    share = at_fraction(s[max(0, i - 25) : max(0, i - 5)])
    return score + (2 * (share - 0.5) if share > 0.75 else 0.0)


def rpa_pwm(s):
    def consensus(word, partners):
        return [
            {base: 1.5 if base == letter else partner.get(base, -1.0) for base in "ACGT"}
            for letter, partner in zip(word, partners, strict=True)
        ]

    m35 = consensus("TTGACA", [{}, {}, {}, {"T": -0.5}, {"A": -0.5}, {"T": -0.5}])
    partner = [{"A": -0.5} if letter == "T" else {"T": -0.5} for letter in "TATAAT"]
    intact = consensus("TATAAT", partner)
    broken = [*intact[:1], {"A": -1.0, "C": -1.0, "G": 1.5, "T": -1.0}, *intact[2:]]

    def points(matrix, t, place):
        return sum(column.get(base, -1.0) for column, base in zip(matrix, t[place : place + 6], strict=True))

    def longest_a(word):
        return max(len(run) for run in "".join(base if base == "A" else " " for base in word).split(" "))

    def up(t, p35):
        low = max(0, p35 - 20)
        words = [t[k : k + 9] for k in range(low, p35 - 8)]
        found = [2 * at_fraction(word) + longest_a(word) / 9 for word in words if at_fraction(word) >= 0.7]
        top = max(found, default=0.0)
        return top if top > 1.5 else 0.0

    def ext(t, p10):
        word = t[p10 - 3 : p10] if p10 >= 3 else ""
        return 2.0 if word == "TGT" else 1.0 if len(word) == 3 and word[0] == word[2] == "T" else 0.0

    def strand(t, extra):
        found = []
        places = range(len(t) - 5)
        hits35 = {p: points(m35, t, p) for p in places}
        hits10 = {p: max(points(intact, t, p), points(broken, t, p)) for p in places}
        for p, score35 in hits35.items():
            for gap in range(15, 20):
                q = p + 6 + gap
                if q in hits10 and score35 >= -2 and hits10[q] >= -2:
                    term = 2 - 0.5 * abs(gap - 17)
                    found.append(score35 + hits10[q] + term + extra + 2 * up(t, p) + 1.5 * ext(t, q))
        return found

    turned = s[::-1].translate(str.maketrans("ACGT", "TGCA"))
    return max([*strand(s, 1.0), *strand(turned, 0.0)], default=-10.0)


MODELS = {
    "pa-pwm": pa_pwm,
    "nocomp": nocomp,
    "pwm": nocomp,
    "nopos": nopos,
    "thermodynamic": thermodynamic,
    "scanning": scanning,
    "rpa-pwm": rpa_pwm,
}
