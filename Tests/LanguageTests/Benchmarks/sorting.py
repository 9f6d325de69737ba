# Filling a list with pseudo-random numbers, and sorting it by a key.
def work(count):
    keys = []
    seed = 1
    for _ in range(count):
        seed = (seed * 16807) % 2147483647
        keys.append(seed)
    result = sorted(keys, key=lambda x: x % 1000)
    return result[0] + result[count - 1]


print(work(300000))
