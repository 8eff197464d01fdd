"""Compares our tokenizers with Hugging Face's on whole files.

    pip install tokenizers
    python bench/tokenizers_compare.py FILE...

Run it in the root of the repository. Each file must be UTF-8. For each kind,
our side trains a tokenizer on the file and encodes it; Hugging Face's loads our
tokenizer.json, encodes the same text, decodes it, and for BPE trains its own.
All must agree. Times are seconds; Hugging Face's use one thread.
"""

import array
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, pre_tokenizers, trainers  # noqa: E402

KINDS = {"char": 0, "word": 10000, "bpe": 2000}
SPECIALS = ["<pad>", "<unk>", "<bos>", "<eos>"]


def ours(kind, vocab, path, out):
    """Our ids, and the seconds of training and encoding."""
    command = ["go", "run", "./bench/tokenids", kind, str(vocab), out, path]
    seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    ids = array.array("i")
    ids.frombytes(pathlib.Path(out, "ids").read_bytes())
    return ids.tolist(), [float(s) for s in seconds]


def train_seconds(tokenizer, text, vocab, merges):
    """Trains BPE; exits unless it learns the same merges."""
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        min_frequency=2,
        show_progress=False,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    # Its trainer would take special tokens that the text spells for words.
    gaps = re.split("|".join(SPECIALS), text)
    start = time.perf_counter()
    tokenizer.train_from_iterator(gaps, trainer)
    seconds = time.perf_counter() - start
    learned = json.loads(tokenizer.to_str())["model"]["merges"]
    if [" ".join(pair) for pair in learned] != merges:
        sys.exit("other merges")
    return seconds


def compare(kind, vocab, path, out):
    text = pathlib.Path(path).read_bytes().decode("utf-8")
    ids, (trained, encoded) = ours(kind, vocab, path, out)
    tokenizer = Tokenizer.from_file(os.path.join(out, "tokenizer.json"))
    start = time.perf_counter()
    theirs = tokenizer.encode(text, add_special_tokens=False).ids
    seconds = time.perf_counter() - start
    if theirs != ids:
        sys.exit(f"{path} {kind}: other ids")
    if kind != "word" and tokenizer.decode(theirs, skip_special_tokens=False) != text:
        sys.exit(f"{path} {kind}: the text does not come back")
    model = json.loads(tokenizer.to_str())["model"]
    line = f"{path} {kind}: {len(ids)} ids of {tokenizer.get_vocab_size()} agree; encode {encoded:.3f}, theirs {seconds:.3f}"
    if kind == "bpe":
        merges = [" ".join(pair) for pair in model["merges"]]
        line += f"; train {trained:.3f}, theirs {train_seconds(tokenizer, text, vocab, merges):.3f}"
    print(line, flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        for kind, vocab in KINDS.items():
            with tempfile.TemporaryDirectory() as out:
                compare(kind, vocab, path, out)


main()
