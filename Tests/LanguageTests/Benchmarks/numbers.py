# Mathematics through commands.
from math import floor, sqrt


def work(count):
    total = 0
    for i in range(1, count):
        total += sqrt(i) + abs(-i) / i + floor(i / 3)
    return round(total)


print(work(700000))
