# A while loop on variables of the script itself.
n = 0
total = 0
while n < 3000000:
    total = total + n * 0.5
    n += 1
print(total)
