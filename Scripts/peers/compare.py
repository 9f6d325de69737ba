"""Runs Conch and its peers in alternation, workload by workload. `Scripts/bench peers` calls this."""
import json, os, pathlib, re, shutil, statistics, subprocess, sys, tempfile

here = pathlib.Path(__file__).resolve().parent
measure = here.parent.parent / ".build/release/conch-bench"
environment = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "conch-peers"
python = environment / "bin/python"
packages = ["torch==2.13.0+cpu", "numpy", "onnx", "onnxruntime", "tensorflow-cpu"]
# An allocator that keeps its memory instead of giving it back after every step.
tuned = {
    "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "68719476736",
    "MALLOC_TOP_PAD_": "268435456",
}
rounds = 5


def install():
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    for package in packages:
        # The build for CPUs has a name of its own, which not every index lists.
        for name in [package, package.split("=")[0]]:
            if not subprocess.run([python, "-m", "pip", "install", "-q", name], stderr=subprocess.DEVNULL).returncode:
                break
        else:
            print(f"{package}: cannot be installed, so it is left out", file=sys.stderr)


class Runner:
    """A process that runs a workload when it is asked to."""

    def __init__(self, command, extra={}):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=os.environ | extra)
        self.seconds = []

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the process ended")
        return line

    def run(self, count):
        return [float(word) for word in self.ask(f"run {count}").split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(workload, kinds, folder):
    conch = Runner([measure, "workload", workload])
    file = f"{folder}/{workload}.safetensors"
    conch.ask(f"write {file}")
    runners = {"conch": conch}
    for kind in kinds:
        if kind == "onnx" and not workload.endswith("infer"):
            continue
        for name, extra in [(kind, {}), (f"{kind} tuned", tuned)]:
            script = "keras_peer.py" if kind == "keras" else "peer.py"
            runner = Runner([python, here / script, kind, workload, file], extra)
            try:
                difference = float(runner.answer())
                if not difference < 1e-4:
                    print(f"{workload}: {name} differs by {difference:.2g}", file=sys.stderr)
                    runner.close()
                    continue
                runner.run(2)  # warm up, and compile
                runners[name] = runner
            except RuntimeError:
                print(f"{workload}: {name} does not run here", file=sys.stderr)
    once = min(conch.run(3)[1:])
    count = max(1, min(200, int(0.5 / once)))
    for _ in range(rounds):
        for runner in runners.values():
            runner.seconds += runner.run(count)
    medians = {name: statistics.median(runner.seconds) for name, runner in runners.items()}
    # The middle half, as a part of the median.
    quartiles = statistics.quantiles(conch.seconds) if len(conch.seconds) > 3 else [medians["conch"]] * 3
    memory = {name: float(runner.ask("memory")) for name, runner in runners.items()}
    operations = float(conch.ask("operations"))
    for runner in runners.values():
        runner.close()
    plain = [name for name in medians if name != "conch" and not name.endswith("tuned")]
    held = [name for name in medians if name.endswith("tuned")]
    row = {"workload": workload, "conch_s": medians["conch"], "spread": (quartiles[2] - quartiles[0]) / medians["conch"]}
    for key, names in [("", plain), ("tuned_", held)]:
        if names:
            best = min(names, key=medians.get)
            row |= {f"{key}peer": best, f"{key}peer_s": medians[best], f"{key}ratio": medians[best] / medians["conch"]}
    row |= {"peak_fraction": operations / medians["conch"] / peak, "conch_mb": memory["conch"]}
    if plain:
        row["peer_mb"] = memory[row["peer"]]
    return row | {f"{name.replace(' ', '_')}_s": seconds for name, seconds in medians.items() if name != "conch"}


pattern = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
kinds = ["plain", "channels_last", "compiled", "keras", "onnx"]
if "--kinds" in sys.argv:
    kinds = sys.argv[sys.argv.index("--kinds") + 1].split(",")
install()
peak = 1e9 * json.loads(subprocess.run([measure, "peak"], stdout=subprocess.PIPE, text=True, check=True).stdout)["gflops"]
names = subprocess.run([measure, "workloads"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
if "--json" not in sys.argv:
    print(f"{'':32} {'conch':>10} {'ratio':>6} {'peer':>18} {'ratio':>6} {'tuned peer':>20} {'of peak':>8} {'memory':>7}")
folder = tempfile.mkdtemp()
try:
    for name in names:
        if not re.search(pattern, name):
            continue
        row = compare(name, kinds, folder)
        if "--json" in sys.argv:
            print(json.dumps({k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in row.items()}), flush=True)
            continue
        print(
            f"{name:32} {1e3 * row['conch_s']:7.1f} ms {row.get('ratio', 0):6.2f} {row.get('peer', '—'):>18} "
            f"{row.get('tuned_ratio', 0):6.2f} {row.get('tuned_peer', '—'):>20} {100 * row['peak_fraction']:6.0f} % "
            f"{row['conch_mb'] / row['peer_mb'] if 'peer_mb' in row else 0:7.2f}", flush=True)
finally:
    shutil.rmtree(folder)
