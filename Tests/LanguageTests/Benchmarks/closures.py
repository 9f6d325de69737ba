# Making closures, calling them, and passing them on.
def adder(n):
    return lambda x: x + n


def work(count):
    total = 0
    for i in range(count):
        add = adder(i)
        total += add(1)
    return total + sum(map(lambda x: x * 2, range(count))) + len(
        list(filter(lambda x: x % 2 == 0, range(count))))


print(work(500000))
