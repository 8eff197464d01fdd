#!/usr/bin/env python3
"""Times textgen and PyTorch on the same shapes, in turn, and prints a table of ratios.

    python3 bench/torch_compare.py                         # training, every shape
    python3 bench/torch_compare.py --task sample           # generating text
    python3 bench/torch_compare.py --task classify         # labelling documents, against ONNX Runtime, too
    python3 bench/torch_compare.py --shapes a,b --rounds 7 --python /path/to/venv/bin/python

Needs Go and a Python with PyTorch (--python may be given several times, to compare several versions); for labelling also
safetensors, the command zstd, and onnx and onnxruntime unless PyTorch alone is to be compared. Every round runs
textgen once and every variant of PyTorch once; the table takes the median of the rounds of each, and PyTorch's best
variant. Variants: one and two threads, and one beside two of OpenBLAS, which suits the PyTorch that Debian packages;
training, the ordinary optimiser, and foreach with the allocator told to keep its memory and the AVX-512 code asked for,
and with --precision bf16 that with autocast, too; sampling, the ordinary loop, TorchScript, int8, and a loop tuned by
hand; labelling, the ordinary network with and without those settings, ONNX Runtime, and with --precision bf16 autocast.
--variants leaves out those that are known to be slow. Labelling uses textgen's own weights and documents everywhere, and
the greatest difference between logits is printed.
"""
import argparse
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# name: (vocabulary, embedding, cell, hidden, layers, batch, steps, optimiser, clip, labels), as internal/bench has them.
SHAPES = {
    "a": (65, 128, "LSTM", 128, 2, 50, 50, "adam", 5.0, 0),
    "b": (65, 512, "LSTM", 512, 2, 50, 50, "adam", 5.0, 0),
    "c": (10000, 200, "LSTM", 200, 2, 20, 20, "sgd", 0.25, 0),
    "d": (10000, 650, "LSTM", 650, 2, 20, 35, "sgd", 0.25, 0),
    "e": (20000, 100, "LSTM", 128, 1, 64, 200, "adam", 5.0, 4),
    "f-gru": (65, 512, "GRU", 512, 2, 50, 50, "adam", 5.0, 0),
    "f-rnn": (65, 512, "RNN", 512, 2, 50, 50, "adam", 5.0, 0),
    "3x1024": (65, 1024, "LSTM", 1024, 3, 50, 50, "adam", 5.0, 0),
}
TASKS = {
    "train": ["a", "b", "c", "d", "e", "f-gru", "f-rnn"],
    "sample": ["b", "3x1024"],
    "classify": ["e"],
}
TUNED = {"ATEN_CPU_CAPABILITY": "avx512", "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_TOP_PAD_": "268435456"}


# ---- the PyTorch side: one variant in a process of its own

def build(torch, shape):
    vocab, embedding, cell, hidden, layers, batch, steps, _, _, labels = shape

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(vocab, embedding)
            self.rnn = getattr(torch.nn, cell)(embedding, hidden, layers, bidirectional=labels > 0)
            self.head = torch.nn.Linear(hidden * (2 if labels else 1), labels or vocab)

        def forward(self, tokens, state):
            out, state = self.rnn(self.embedding(tokens), state)
            return self.head(out.mean(0) if labels else out), state

    return Net()


def detach(state):
    return tuple(s.detach().float() for s in state) if isinstance(state, tuple) else state.detach().float()


def draw(torch, vocab, size):
    """Tokens as `textgen bench` draws them: characters all equally likely, words by the law of Zipf and Mandelbrot."""
    if vocab <= 512:
        return torch.randint(0, vocab, size)
    frequency = (2.7 + torch.arange(vocab)) ** -1.05
    return torch.multinomial(frequency, size[0] * size[1], replacement=True).view(size)


def trainer(torch, shape, kind):
    """Kinds: plain, the ordinary optimiser; foreach, its vectorised one; autocast, that and products in bfloat16."""
    vocab, _, _, _, _, batch, steps, optimiser, clip, labels = shape
    net = build(torch, shape)
    params = list(net.parameters())
    make = torch.optim.Adam if optimiser == "adam" else torch.optim.SGD
    update = make(params, lr=1e-4, foreach=kind != "plain" or None)
    tokens = draw(torch, vocab, (steps + 1, batch))
    targets = torch.randint(0, labels, (batch,)) if labels else tokens[1:].reshape(-1)
    state = None

    def step():
        nonlocal state
        update.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=kind == "autocast"):
            logits, after = net(tokens[:-1], None if labels else state)
        state = detach(after)
        torch.nn.functional.cross_entropy(logits.float().reshape(-1, logits.shape[-1]), targets).backward()
        torch.nn.utils.clip_grad_norm_(params, clip)
        update.step()

    return step, batch * steps


def sampler(torch, shape, kind, streams):
    """Kinds: eager, the ordinary loop; script, the network compiled by TorchScript; int8, its weights quantised
    dynamically; tuned, see tuned_sampler."""
    vocab, _, _, hidden, layers, _, _, _, _, _ = shape
    net = build(torch, shape).eval()
    if kind == "tuned":
        return tuned_sampler(torch, net, layers, hidden, streams)
    token = torch.zeros(1, streams, dtype=torch.long)
    state = tuple(torch.zeros(layers, streams, hidden) for _ in range(2))
    if kind == "int8":
        net = torch.ao.quantization.quantize_dynamic(net, {torch.nn.LSTM, torch.nn.Linear}, dtype=torch.qint8)
    if kind == "script":
        net = torch.jit.freeze(torch.jit.trace(net, (token, state)))

    def step():
        nonlocal token, state
        with torch.inference_mode():
            for _ in range(50):
                logits, state = net(token, state)
                token = torch.multinomial(torch.softmax(logits[0] / 0.8, -1), 1).view(1, streams)

    return step, 50 * streams


def tuned_sampler(torch, net, layers, hidden, streams):
    """The loop as an expert would write it: TorchScript, the first layer's input products in a table, one matrix-vector
    product for each later layer; of many streams one matrix product, with the weights transposed."""
    from typing import List
    rnn = net.rnn
    with torch.no_grad():
        table = (net.embedding.weight @ rnn.weight_ih_l0.t() + rnn.bias_ih_l0 + rnn.bias_hh_l0).contiguous()
        weights, biases = [rnn.weight_hh_l0.detach().contiguous()], [torch.zeros(4 * hidden)]
        for l in range(1, layers):
            both = [getattr(rnn, f"weight_ih_l{l}"), getattr(rnn, f"weight_hh_l{l}")]
            weights.append(torch.cat(both, 1).detach().contiguous())
            biases.append((getattr(rnn, f"bias_ih_l{l}") + getattr(rnn, f"bias_hh_l{l}")).detach())
        out, bias = net.head.weight.detach(), net.head.bias.detach()

    def loop(token: torch.Tensor, h: List[torch.Tensor], c: List[torch.Tensor], table: torch.Tensor,
             weights: List[torch.Tensor], biases: List[torch.Tensor], out: torch.Tensor, bias: torch.Tensor):
        for _ in range(50):
            x = h[0]
            for l in range(len(weights)):
                if l == 0:
                    gates = torch.addmv(table[token[0]], weights[0], h[0])
                else:
                    gates = torch.addmv(biases[l], weights[l], torch.cat([x, h[l]]))
                i, f, g, o = gates.chunk(4)
                c[l] = torch.sigmoid(f) * c[l] + torch.sigmoid(i) * torch.tanh(g)
                h[l] = torch.sigmoid(o) * torch.tanh(c[l])
                x = h[l]
            token = torch.multinomial(torch.softmax(torch.addmv(bias, out, x) / 0.8, 0), 1)
        return token, h, c

    def many(token: torch.Tensor, h: List[torch.Tensor], c: List[torch.Tensor], table: torch.Tensor,
             weights: List[torch.Tensor], biases: List[torch.Tensor], out: torch.Tensor, bias: torch.Tensor):
        for _ in range(50):
            x = h[0]
            for l in range(len(weights)):
                if l == 0:
                    gates = torch.addmm(table[token], h[0], weights[0])
                else:
                    gates = torch.addmm(biases[l], torch.cat([x, h[l]], 1), weights[l])
                i, f, g, o = gates.chunk(4, 1)
                c[l] = torch.sigmoid(f) * c[l] + torch.sigmoid(i) * torch.tanh(g)
                h[l] = torch.sigmoid(o) * torch.tanh(c[l])
                x = h[l]
            token = torch.multinomial(torch.softmax(torch.addmm(bias, x, out) / 0.8, 1), 1)[:, 0]
        return token, h, c

    rows = [] if streams == 1 else [streams]
    if streams > 1:
        loop, weights, out = many, [w.t().contiguous() for w in weights], out.t().contiguous()
    # TorchScript reads a function's source together with its annotations, which must not be nested.
    loop.__annotations__ = dict(token=torch.Tensor, h=List[torch.Tensor], c=List[torch.Tensor], table=torch.Tensor,
                                weights=List[torch.Tensor], biases=List[torch.Tensor], out=torch.Tensor, bias=torch.Tensor)
    scripted = torch.jit.script(loop)
    token = torch.zeros(streams, dtype=torch.long)
    h, c = ([torch.zeros(*rows, hidden) for _ in range(layers)] for _ in range(2))

    def step():
        nonlocal token, h, c
        with torch.no_grad():
            token, h, c = scripted(token, h, c, table, weights, biases, out, bias)

    return step, 50 * streams


def load_export(path):
    """Weights, documents and logits as `textgen bench --export` wrote them: safetensors inside zstd."""
    import safetensors.numpy
    return safetensors.numpy.load(subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout)


def classifier(torch, shape, export, variant, threads):
    """A step, its number of documents, and the greatest difference between its logits and textgen's."""
    case = load_export(export)
    documents, logits = case.pop("documents").astype("int64"), case.pop("logits")
    if variant == "onnx":
        predict = onnx_classifier(shape, case, threads)
    else:
        predict = torch_classifier(torch, shape, case, variant == "autocast")
    tokens = documents.T.copy()
    return lambda: predict(tokens), len(documents), float(abs(predict(tokens) - logits).max())


def torch_classifier(torch, shape, weights, autocast):
    net = build(torch, shape).eval()
    net.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})

    def predict(tokens):
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            return net(torch.from_numpy(tokens), None)[0].float().numpy()

    return predict


def onnx_classifier(shape, weights, threads):
    """The same network in ONNX's operators, whose LSTM has its gates in the order i, o, f, g."""
    import numpy
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
    vocab, embedding, _, hidden, _, _, _, _, _, labels = shape

    def gates(name):
        i, f, g, o = numpy.split(weights[name], 4)
        return numpy.concatenate([i, o, f, g])

    def both(name):
        return numpy.stack([gates(f"rnn.{name}_l0"), gates(f"rnn.{name}_l0_reverse")])

    constants = {
        "embedding": weights["embedding.weight"], "W": both("weight_ih"), "R": both("weight_hh"),
        "B": numpy.concatenate([both("bias_ih"), both("bias_hh")], axis=1),
        "head": weights["head.weight"], "bias": weights["head.bias"],
        "time": numpy.array([0]), "flat": numpy.array([-1, 2 * hidden]),
    }
    nodes = [
        helper.make_node("Gather", ["embedding", "tokens"], ["x"]),
        helper.make_node("LSTM", ["x", "W", "R", "B"], ["y"], hidden_size=hidden, direction="bidirectional"),
        helper.make_node("ReduceMean", ["y", "time"], ["mean"], keepdims=0),
        helper.make_node("Transpose", ["mean"], ["sides"], perm=[1, 0, 2]),
        helper.make_node("Reshape", ["sides", "flat"], ["pooled"]),
        helper.make_node("Gemm", ["pooled", "head", "bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes, "classifier", [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["T", "B"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["B", labels])],
        [numpy_helper.from_array(numpy.ascontiguousarray(a), name) for name, a in constants.items()])
    net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(net.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda tokens: session.run(None, {"tokens": tokens})[0]


def worker(args):
    import torch
    torch.manual_seed(1)
    torch.set_num_threads(args.threads)
    shape, result = SHAPES[args.worker], {"version": "PyTorch " + torch.__version__}
    if args.variant == "onnx":
        try:
            import onnx, onnxruntime
        except ImportError:
            return print("{}")
        result["version"] = "ONNX Runtime " + onnxruntime.__version__
    if args.task == "train":
        step, units = trainer(torch, shape, args.variant)
    elif args.task == "sample":
        step, units = sampler(torch, shape, args.variant, args.batch)
    else:
        step, units, result["difference"] = classifier(torch, shape, args.export, args.variant, args.threads)
    began = time.perf_counter()
    while time.perf_counter() - began < args.warmup:
        step()
    n, began, fastest = 0, time.perf_counter(), float("inf")
    while time.perf_counter() - began < args.seconds:
        start = time.perf_counter()
        step()
        fastest = min(fastest, time.perf_counter() - start)
        n += 1
    rate = n * units / (time.perf_counter() - began)
    result["rate"] = units / fastest if args.fastest else rate
    print(json.dumps(result))


# ---- the comparison

def variants(task, precision, wanted):
    """Name, extra arguments and extra environment of every variant of PyTorch, or of those that are wanted."""
    kinds = {"train": ["plain", "foreach", "autocast"], "sample": ["eager", "script", "int8", "tuned"], "classify": ["plain", "memory", "onnx", "autocast"]}[task]
    for kind in kinds:
        if kind == "autocast" and precision != "bf16":
            continue
        for threads, blas in (1, 1), (1, 2), (2, 2):
            if kind == "onnx" and blas > threads:
                continue
            env = {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(blas), "MKL_NUM_THREADS": str(threads)}
            if kind in ("foreach", "autocast", "memory"):
                env.update(TUNED)
            name = f"{kind} {threads}t" + (f" blas {blas}t" if blas > threads else "")
            if wanted and name not in wanted.split(","):
                continue
            yield name, ["--variant", kind, "--threads", str(threads)], env


def environment():
    """Without what a machine may have set to make OpenBLAS slower."""
    return {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


@functools.cache
def core_type(python):
    """What an OpenBLAS must be told that is older than the processor: it would fall back to code of 2004."""
    env = {**environment(), "OPENBLAS_VERBOSE": "2"}
    done = subprocess.run([python, "-c", "import torch"], env=env, capture_output=True, text=True)
    if "Core: Prescott" not in done.stdout + done.stderr:
        return {}
    with open("/proc/cpuinfo") as f:
        return {"OPENBLAS_CORETYPE": "SkylakeX" if "avx512f" in f.read() else "Haswell"}


def run(command, env=None):
    done = subprocess.run(command, env={**environment(), **(env or {})}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nfailed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def lengths(args):
    """How long textgen measures: as long as PyTorch, or single steps for about as long."""
    if args.fastest:
        return ["--time", "1ns", "--repeats", str(int(100 * args.seconds))]
    return ["--time", f"{args.seconds}s", "--repeats", "1"]


def compare(args, binary, shape, export):
    rates, versions, differences = {}, {}, []
    for _ in range(args.rounds):
        ours = run([binary, "bench", "--task", args.task, "--shape", shape, "--json", "--batch", str(args.batch),
                    "--precision", args.precision, *lengths(args)])
        rates.setdefault("textgen", []).append(max(ours["all"]) if args.fastest else ours["per_second"])
        for python in args.python:
            for name, extra, env in variants(args.task, args.precision, args.variants):
                theirs = run([python, __file__, "--worker", shape, "--task", args.task, "--batch", str(args.batch),
                              "--seconds", str(args.seconds), "--warmup", str(args.warmup), "--export", export, *(["--fastest"] if args.fastest else []), *extra],
                             {**env, **core_type(python)})
                if not theirs:
                    continue
                differences.append(theirs.get("difference", 0))
                key = (theirs["version"], name)
                rates.setdefault(key, []).append(theirs["rate"])
                versions.setdefault(theirs["version"], []).append(key)
    medians = {k: statistics.median(v) for k, v in rates.items()}
    best = {v: max(set(keys), key=medians.get) for v, keys in versions.items()}
    return medians, best, max(differences)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=TASKS, default="train")
    parser.add_argument("--shapes", help="comma-separated; default: all of the task")
    parser.add_argument("--variants", help="comma-separated, as --all prints them; default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--batch", type=int, default=0, help="streams when sampling (default 1), documents when classifying (default 64)")
    parser.add_argument("--precision", default="fp32", help="of textgen: fp32, bf16 or int8; labelling, bf16x3 or bf16")
    parser.add_argument("--fastest", action="store_true", help="compare the fastest steps, where other programs are busy")
    parser.add_argument("--all", action="store_true", help="print every variant of PyTorch, not its best alone")
    parser.add_argument("--python", action="append", help="an interpreter with PyTorch; default: this one")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--export", help=argparse.SUPPRESS)
    parser.add_argument("--variant", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--warmup", type=float, default=1.0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.python = args.python or [sys.executable]
    args.batch = args.batch or (64 if args.task == "classify" else 1)
    if args.worker:
        return worker(args)
    names = [name for name, _, _ in variants(args.task, args.precision, None)]
    if unknown := set((args.variants or names[0]).split(",")) - set(names):
        sys.exit(f"unknown variants {', '.join(sorted(unknown))}: use {', '.join(names)}")
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "textgen")
        subprocess.run(["go", "build", "-o", binary, "./cmd/textgen"], cwd=root, check=True)
        shapes = args.shapes.split(",") if args.shapes else TASKS[args.task]
        unit = {"train": "tokens/s", "sample": "tokens/s", "classify": "documents/s"}[args.task]
        print(f"| shape | textgen, {unit} | against | variant | {unit} | ratio |\n|---|---|---|---|---|---|")
        for shape in shapes:
            export = os.path.join(folder, shape)
            if args.task == "classify":
                subprocess.run([binary, "bench", "--task", "classify", "--shape", shape, "--batch", str(args.batch), "--precision", args.precision, "--export", export], check=True)
            medians, best, difference = compare(args, binary, shape, export)
            for version, name in [k for k in medians if k != "textgen"] if args.all else best.values():
                ours, theirs = medians["textgen"], medians[version, name]
                print(f"| {shape} | {ours:,.0f} | {version} | {name} | {theirs:,.0f} | {ours / theirs:.2f} |", flush=True)
            if args.task == "classify":
                print(f"\nThe same weights and documents: logits differ by {difference:.1e} at most.")


if __name__ == "__main__":
    main()
