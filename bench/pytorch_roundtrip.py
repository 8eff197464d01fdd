"""Takes a language model to PyTorch and back, and compares what both say of a text.

    go build -o textgen ./cmd/textgen
    ./textgen train --out mine my.txt
    python3 bench/pytorch_roundtrip.py --textgen ./textgen mine my.txt

PyTorch reads the weights of the model file into torch.nn modules by their names, predicts the text, learns from it for a
few steps, and writes a model file of its own; `textgen eval` measures both files. The figures must agree to 1e-4 nats.
Models of plain layers with full softmax and the char tokenizer only; needs torch, safetensors and zstandard.
"""

import argparse
import json
import subprocess
import sys

import safetensors.torch
import torch
import zstandard


class LanguageModel(torch.nn.Module):
    """The network under the names that the model file uses."""

    def __init__(self, cfg):
        super().__init__()
        vocab, hidden = cfg["vocab_size"], cfg["hidden"]
        cell = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[cfg["cell"]]
        self.embedding = torch.nn.Embedding(vocab, cfg["embedding"])
        self.rnn = cell(cfg["embedding"], hidden, cfg["layers"])
        self.head = torch.nn.Linear(hidden, vocab)
        self.tied = cfg.get("tie_weights", False)
        if self.tied:
            self.head.weight = self.embedding.weight

    def tensors(self):
        """The state as a model file has it, which holds tied weights once."""
        return {k: v for k, v in self.state_dict().items() if not (self.tied and k == "head.weight")}

    def loss(self, ids, read):
        """The mean of -ln p over ids, nats, but for the first that are only read."""
        out, _ = self.rnn(self.embedding(ids[:-1, None]))
        return torch.nn.functional.cross_entropy(self.head(out[read - 1:, 0]), ids[read:])


def read(path):
    """Returns the metadata and the tensors of a model file."""
    with open(path, "rb") as f:
        plain = zstandard.ZstdDecompressor().stream_reader(f).read()
    header = json.loads(plain[8 : 8 + int.from_bytes(plain[:8], "little")])
    return header["__metadata__"], safetensors.torch.load(plain)


def write(path, metadata, tensors):
    plain = safetensors.torch.save({k: v.contiguous() for k, v in tensors.items()}, metadata)
    with open(path, "wb") as f:
        f.write(zstandard.ZstdCompressor(write_content_size=True).compress(plain))


def measured(textgen, model, text):
    out = subprocess.run([textgen, "eval", "--json", "-m", model, "-"], input=text.encode(), capture_output=True, check=True)
    return json.loads(out.stdout)["nats"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="directory of a run")
    parser.add_argument("text")
    parser.add_argument("--textgen", default="textgen")
    parser.add_argument("--chars", type=int, default=2000, help="characters of the text that are used; below 8192, which textgen reads as one stream")
    parser.add_argument("--steps", type=int, default=5, help="steps of training in PyTorch")
    args = parser.parse_args()

    metadata, tensors = read(args.model + "/model.safetensors.zst")
    vocab = json.loads(metadata["tokenizer.json"])["model"]["vocab"]
    start = json.loads(metadata["training"])["start"]
    with open(args.text, encoding="utf-8", newline="") as f:
        text = f.read(args.chars)
    before = [vocab[c] for c in start if c in vocab] or [vocab["<bos>"]]  # what textgen reads before a text
    ids = torch.tensor(before + [vocab.get(c, vocab["<unk>"]) for c in text])

    net = LanguageModel(json.loads(metadata["config"]))
    if net.tied:
        tensors["head.weight"] = tensors["embedding.weight"]
    net.load_state_dict(tensors)
    worst = 0.0

    def compare(what, path):
        nonlocal worst
        with torch.no_grad():
            theirs = net.loss(ids, len(before)).item()
        ours = measured(args.textgen, path, text) / (len(ids) - len(before))
        worst = max(worst, abs(ours - theirs))
        print(f"{what:32} textgen {ours:.6f}   PyTorch {theirs:.6f}   nats a character")

    compare("as textgen trained it", args.model)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(args.steps):
        optimizer.zero_grad()
        net.loss(ids, len(before)).backward()
        optimizer.step()
    path = args.model + "/pytorch.safetensors.zst"
    write(path, metadata, net.tensors())
    compare(f"after {args.steps} steps in PyTorch", path)
    if worst > 1e-4:
        sys.exit(f"they differ by {worst:.2g} nats")


if __name__ == "__main__":
    main()
