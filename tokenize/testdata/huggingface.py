"""Writes huggingface.json: what Hugging Face tokenizers makes of the texts.

    pip install tokenizers          # made with 0.23.3
    go test ./tokenize -run HuggingFace -update
    python tokenize/testdata/huggingface.py

For every tokenizer.json in this folder: the ids of each text of texts.json,
the text of those ids, and for BPE the merges that its own trainer learns.
"""

import json
import pathlib

from tokenizers import Tokenizer, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).parent
SPECIALS = ["<pad>", "<unk>", "<bos>", "<eos>"]


def merges(path, texts):
    """The merges that its trainer learns with the pre-tokenizer of path."""
    tokenizer = Tokenizer.from_file(str(path))
    trainer = trainers.BpeTrainer(
        vocab_size=tokenizer.get_vocab_size(),
        min_frequency=2,
        show_progress=False,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(["".join(texts)], trainer)
    learned = json.loads(tokenizer.to_str())["model"]["merges"]
    return [" ".join(pair) for pair in learned]


def expected(path, texts):
    tokenizer = Tokenizer.from_file(str(path))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts["test"]]
    result = {
        "ids": ids,
        "text": [tokenizer.decode(i, skip_special_tokens=False) for i in ids],
    }
    if path.name.startswith("bpe"):
        result["merges"] = merges(path, texts["train"])
    return result


def main():
    texts = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))
    files = [path for path in sorted(HERE.glob("*.json")) if path.stem not in ("texts", "huggingface")]
    results = {path.stem: expected(path, texts) for path in files}
    text = json.dumps(results, ensure_ascii=False, separators=(",", ":"))
    (HERE / "huggingface.json").write_text(text + "\n", encoding="utf-8")


main()
