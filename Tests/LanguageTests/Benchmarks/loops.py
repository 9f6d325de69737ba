# Nested loops over ranges, arithmetic and a condition.
def work(count):
    total = 0
    for i in range(count):
        for j in range(100):
            if (i + j) % 3 == 0:
                total += i * j
            else:
                total -= 1
    return total


print(work(20000))
