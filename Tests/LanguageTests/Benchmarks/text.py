# Building, joining and taking apart texts.
def work(count):
    text = ""
    for i in range(count):
        text += f"line {i}, "
    words = text.split(", ")
    long = 0
    for word in words:
        if len(word) > 9:
            long += 1
    return len("-".join(words)) + long


print(work(400000))
