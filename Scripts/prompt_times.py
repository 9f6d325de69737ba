"""Measures the prompt through a pseudo-terminal: from a key to the screen, from Tab to the list, from a
paste to its last line, and from Ctrl-C to the prompt. Used by `Scripts/bench prompt`."""
import fcntl, os, pty, re, select, shutil, signal, statistics, struct, tempfile, termios, time


class Prompt:
    def __init__(self, program):
        self.state = tempfile.mkdtemp()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(self.state)
            os.execve(program, [program], os.environ | {
                "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": self.state,
                "XDG_STATE_HOME": self.state, "NO_COLOR": "1"})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.until(rb"conch> $")

    def close(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        shutil.rmtree(self.state, ignore_errors=True)

    def until(self, pattern, patience=60):
        """Reads until the output matches, and says how many seconds that took."""
        start, seen = time.perf_counter(), b""
        while not re.search(pattern, seen):
            if not select.select([self.terminal], [], [], patience)[0]:
                raise SystemExit(f"waited for {pattern!r}, and saw {seen[-500:]!r}")
            seen += os.read(self.terminal, 65536)
        return time.perf_counter() - start

    def settle(self, quiet=0.15):
        """Reads until nothing comes any more; says when the last of it came."""
        last = time.perf_counter()
        while select.select([self.terminal], [], [], quiet)[0]:
            os.read(self.terminal, 65536)
            last = time.perf_counter()
        return last

    def type(self, text):
        rest = text.encode()
        while rest:
            rest = rest[os.write(self.terminal, rest[:512]):]
            if rest and select.select([self.terminal], [], [], 0)[0]:
                os.read(self.terminal, 65536)

    def run(self, entry):
        self.type(entry + "\r")
        self.settle()

    def answer(self, keys):
        """Milliseconds from the keys to the last of what they bring to the screen."""
        start = time.perf_counter()
        self.type(keys)
        return (self.settle() - start) * 1e3

    def echo(self, letter):
        start = time.perf_counter()
        self.type(letter)
        self.until(letter.encode())
        return (time.perf_counter() - start) * 1e3


def measure(program):
    """Rows of a name, the median and the worst in milliseconds, and the limit."""
    prompt = Prompt(str(program))
    rows = []

    def row(name, times, limit):
        rows.append({"name": name, "median_ms": round(statistics.median(times), 2),
                     "worst_ms": round(max(times), 2), "limit_ms": limit})

    prompt.run("x = input(16, 16, 3); y = x")
    prompt.run('repeat 100 times y = conv(y filters: 4 kernel: 3 padding: "same") end')
    prompt.run("net = network(x, y)")
    row("a key, with a network of 100 layers", [prompt.echo(c) for c in "abcdefghijklmnopqrstuvwxyz" * 4], 10)
    row("Backspace", [prompt.answer("\x7f") for _ in range(20)], 10)
    for name, text in [("layers", 'net["'), ("properties", "net."), ("labels", "conv(x "), ("commands", "s")]:
        prompt.type("\x15" + text)
        prompt.settle()
        row(f"Tab: {name}", [prompt.answer("\t") for _ in range(3)], 50)
    prompt.type("\x15")
    prompt.settle()
    start = time.perf_counter()
    prompt.type("\x1b[200~" + "\r".join(f"total = {i}" for i in range(7000)) + "\x1b[201~")
    prompt.until(rb"total = 6999")
    row("7,000 pasted lines", [(time.perf_counter() - start) * 1e3], 1000)
    prompt.settle()
    row("a key at their end", [prompt.echo(c) for c in "zyxwv"], 10)
    row("Backspace at their end", [prompt.answer("\x7f") for _ in range(5)], 10)
    prompt.type("\x03")
    prompt.settle()

    def interrupt(work, begun):
        prompt.type(work + "\r")
        prompt.until(begun)
        time.sleep(0.1)
        start = time.perf_counter()
        prompt.type("\x03")
        prompt.until(rb"conch> $")
        return (time.perf_counter() - start) * 1e3

    row("Ctrl-C in a loop", [interrupt('show "begun"; while true end', rb"begun\r\n") for _ in range(5)], 200)
    prompt.run('coast = load "coast/scenes" size: 48 count: 16')
    prompt.run("fit = trainer(small_cnn(classes: 4 input: [48, 48, 3]), coast batch: 8)")
    row("Ctrl-C in training", [interrupt("train fit epochs: 100000", rb"epoch \d+") for _ in range(3)], 200)
    prompt.close()
    return rows
