"""Writes huggingface.json: what Hugging Face tokenizers makes of the texts.

    pip install tokenizers          # made with 0.23.3
    go test ./tokenize -run HuggingFace -update
    python tokenize/testdata/huggingface.py

For every tokenizer.json in this folder: the ids of each text of texts.json,
the text of those ids, and for BPE the merges that its own trainer learns. It
also writes foreign/*.json, tokenizers of its own making, with their tokens, and
resaved/*.json, ours as it writes them.
"""

import json
import pathlib

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

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


def byte_level(texts, **options):
    """GPT-2's kind: byte-level BPE that splits by its own pattern."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(**options)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        show_progress=False,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def word_level(texts, normalizer, pre_tokenizer):
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    trainer = trainers.WordLevelTrainer(vocab_size=120, show_progress=False, special_tokens=["[PAD]", "[UNK]", "<eos>"])
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def foreign(texts):
    split = pre_tokenizers.Split
    digits = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)]
    )
    lower = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])
    return {
        "gpt2": byte_level(texts, add_prefix_space=False),
        "gpt2_prefix": byte_level(texts, add_prefix_space=True),
        "word_digits": word_level(texts, None, digits),
        "word_blanks": word_level(texts, lower, split(Regex(r"\s+"), "removed")),
        "word_comma": word_level(texts, None, split(",", "merged_with_previous")),
    }


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    texts = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))
    files = [path for path in sorted(HERE.glob("*.json")) if path.stem not in ("texts", "huggingface")]
    results = {path.stem: expected(path, texts) for path in files}
    for path in files:
        write(HERE / "resaved" / path.name, json.loads(Tokenizer.from_file(str(path)).to_str()))
    for name, tokenizer in foreign(texts["train"]).items():
        write(HERE / "foreign" / (name + ".json"), json.loads(tokenizer.to_str()))
        encodings = [tokenizer.encode(text, add_special_tokens=False) for text in texts["test"]]
        results[name] = {
            "tokens": [encoding.tokens for encoding in encodings],
            "text": [tokenizer.decode(encoding.ids, skip_special_tokens=False) for encoding in encodings],
        }
    write(HERE / "huggingface.json", results)


main()
