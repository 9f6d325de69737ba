# Building lists and reading them by index.
def work(count):
    squares = []
    for i in range(count):
        squares.append(i * i)
    evens = []
    for x in squares:
        if x % 2 == 0:
            evens.append(x)
    total = 0
    for i in range(len(evens)):
        total += evens[i]
    return total


print(work(1000000))
