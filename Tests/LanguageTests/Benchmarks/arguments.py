# Calls with several arguments, defaults and labels.
def blend(a, b, share=0.5):
    return a * share + b * (1 - share)


def work(count):
    total = 0
    for i in range(count):
        total += blend(i, 1)
        total += blend(i, 2, share=0.25)
    return total


print(work(500000))
