#!/usr/bin/env python3
"""Compares textgen's classifiers with fastText on six sets of documents, and prints a table.

    go build -o textgen ./cmd/textgen
    python3 bench/classify_compare.py DATA                                # everything: about an hour on 2 cores
    python3 bench/classify_compare.py DATA --sets mr,r8 --seeds 1         # a part of it, added to the results
    python3 bench/classify_compare.py DATA --sets none                    # only the table, from the results so far

DATA is a folder with
    mr/text_gcn_{train,test}.txt and mr/text_gcn_{train,test}_labels.txt
    r8/{train,test}.txt           label, tab, text
    trec/TREC.train               coarse:fine question, Latin-1; also TREC.test, if you have it, is tested on
    sms_spam/SMSSpamCollection    label, tab, text
    imdb/train.tsv.gz             label, id, rating, text; also test.tsv.gz, if you have it, is tested on
    names18/LABEL.txt             a name a line

Sets without a test part of their own are split by the seed, each label in proportion: a tenth of TREC and 5,000 reviews
of IMDb are held out, SMS and the names are cross-validated by ten folds. textgen validates on a part of what it is given
to train on, as it always does. fastText's words in a row, passes and learning rate are chosen on a tenth of the training
part; then it is trained on the whole of it with the best. Nobody chooses by test documents.

Each result goes into the file --results as soon as it is there, and what is there is not run again: call the script as
often as you like, with --minutes for a piece of work at a time. textgen runs with its defaults. The table shows the
median of the seeds and how many there are, textgen's first; folds count when all of a seed's are there. Seconds are
those of training one model, from start to end of the program, fastText's without the search.
"""

import argparse
import gzip
import itertools
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

FOLDS = 10

# name: (title, published results on the same or a comparable split, ours at least)
SETS = {
    "mr": ("MR", "naive Bayes 76.5, CNN-rand 75.9, LSTM 75.1", 77.5),
    "r8": ("R8", "naive Bayes 95.4, LSTM 93.7", 97.0),
    "trec": ("TREC-6", "naive Bayes 74.6, CNN-rand 88.2, fastText 90.2 (true test)", 90.5),
    "sms": ("SMS spam", "naive Bayes 98.85", 99.0),
    "imdb": ("IMDb", "naive Bayes 80.7, LSTM 86.5, fastText 89.8 (true test)", 89.8),
    "names": ("names18", "naive Bayes 81.5", 84.0),
}

GRID = list(itertools.product((1, 2), (5, 25), (0.1, 0.25, 0.5, 1.0)))  # words in a row, passes, learning rate


def lines(path, encoding="utf-8"):
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode(encoding).replace("\r\n", "\n").rstrip("\n").split("\n")


def tabbed(path, text=1):
    rows = (line.split("\t") for line in lines(path))
    return [(row[0], row[text]) for row in rows]


def load(name, data):
    """The documents of a set, (label, text), and its test part or None."""
    if name == "mr":
        part = lambda p: list(zip(lines(data / f"mr/text_gcn_{p}_labels.txt"), lines(data / f"mr/text_gcn_{p}.txt", "latin-1")))
        return part("train"), part("test")
    if name == "r8":
        return tabbed(data / "r8/train.txt"), tabbed(data / "r8/test.txt")
    if name == "sms":
        return tabbed(data / "sms_spam/SMSSpamCollection"), None
    if name == "names":
        return [(path.stem, line.strip()) for path in sorted((data / "names18").glob("*.txt")) for line in lines(path)], None
    if name == "trec":
        questions = lambda path: [(line.split(":")[0], line.split(" ", 1)[1]) for line in lines(path, "latin-1")]
        test = data / "trec/TREC.test"
        return questions(data / "trec/TREC.train"), questions(test) if test.exists() else None
    test = data / "imdb/test.tsv.gz"
    return tabbed(data / "imdb/train.tsv.gz", 3), tabbed(test, 3) if test.exists() else None


def deal(docs, parts, seed):
    """Deals documents out to parts, each label in proportion."""
    groups = {}
    for doc in docs:
        groups.setdefault(doc[0], []).append(doc)
    hands, turn, rng = [[] for _ in range(parts)], 0, random.Random(seed)
    for label in sorted(groups):
        rng.shuffle(groups[label])
        for doc in groups[label]:
            hands[turn % parts].append(doc)
            turn += 1
    return hands


def but(hands, one):
    return [doc for i, hand in enumerate(hands) if i != one for doc in hand]


def splits(name, data, seed):
    """Pairs of training and test documents, whose results are added up."""
    docs, test = load(name, data)
    if test:
        return [(docs, test)]
    hands = deal(docs, 5 if name == "imdb" else FOLDS, seed)
    one = [(but(hands, i), hands[i]) for i in range(len(hands))]
    return one if name in ("sms", "names") else one[:1]


def shuffled(docs, seed):
    docs = list(docs)
    random.Random(seed).shuffle(docs)
    return docs


def textgen(program, train, test, seed, folder):
    """Documents that the defaults label rightly, and seconds."""
    for name, docs in (("train", train), ("test", test)):
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as f:
            for label, text in docs:
                f.write(json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n")
    start = time.perf_counter()
    run = subprocess.run(
        [program, "train", "--task", "classify", "--out", folder / "run", "--force", "--quiet", "--json", "--no-baselines",
         "--seed", str(seed), "--test", folder / "test.jsonl", folder / "train.jsonl"],
        capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    seconds = time.perf_counter() - start
    accuracy = json.loads(run.stdout.splitlines()[-1])["report"]["measures"]["accuracy"]
    return round(accuracy * len(test)), seconds


def spaced(text):
    """A text as fastText likes it: lower case, punctuation apart from words."""
    return " ".join(re.findall(r"[^\W_]+|[^\w\s]|_", text.lower()))


class FastText:
    def __init__(self, program, name, seed, folder):
        self.program, self.seed, self.folder = program, seed, folder
        self.flags = ["-thread", "1", "-seed", str(seed), "-dim", "32", "-verbose", "0"]
        self.flags += ["-bucket", "2000000" if name == "imdb" else "100000"]
        if name == "names":
            self.flags += ["-minn", "1", "-maxn", "4"]

    def write(self, name, docs):
        path = self.folder / name
        rows = (f"__label__{label} {spaced(text)}\n" for label, text in shuffled(docs, self.seed))
        path.write_text("".join(rows), encoding="utf-8")
        return path

    def train(self, docs, setting):
        words, passes, rate = setting
        start = time.perf_counter()
        subprocess.run(
            [self.program, "supervised", "-input", self.write("train.txt", docs), "-output", self.folder / "model",
             "-wordNgrams", str(words), "-epoch", str(passes), "-lr", str(rate), *self.flags], check=True, capture_output=True)
        return time.perf_counter() - start

    def right(self, docs):
        run = subprocess.run(
            [self.program, "predict", self.folder / "model.bin", self.write("test.txt", docs)], check=True, capture_output=True, text=True)
        predicted = run.stdout.splitlines()
        return sum(p == f"__label__{label}" for p, (label, _) in zip(predicted, shuffled(docs, self.seed)))

    def best(self, docs):
        hands = deal(docs, FOLDS, self.seed)

        def valid(setting):
            self.train(but(hands, 0), setting)
            return self.right(hands[0])

        return max(GRID, key=valid)


def measure(task, train, test, chosen, args):
    """Trains and tests one model."""
    name, who, seed, _ = task
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if who == "fasttext":
            f = FastText(args.fasttext, name, seed, folder)
            flags = chosen or f.best(train)
            seconds = f.train(train, flags)
            right = f.right(test)
        else:
            flags = []
            right, seconds = textgen(args.textgen, shuffled(train, seed), test, seed, folder)
    return {"task": task, "right": right, "documents": len(test), "seconds": seconds, "flags": flags}


def pieces(name, who, seed, args, results):
    """Measures what is missing of a set's splits, one after the other."""
    todo = list(enumerate(splits(name, args.data, seed)))
    done = {tuple(r["task"]): r for r in results}
    for i, (train, test) in todo:
        task = (name, who, seed, f"{i + 1} of {len(todo)}")
        if task not in done:
            first = done.get((name, who, seed, f"1 of {len(todo)}"))  # has chosen for all folds
            done[task] = measure(task, train, test, first and first["flags"], args)
            yield done[task]


def summary(results, name, who):
    """Median accuracy and seconds of the seeds whose splits are all there, and how many they are."""
    seeds = {}
    for r in results:
        if r["task"][:2] == [name, who]:
            seeds.setdefault(r["task"][2], []).append(r)
    full = [found for found in seeds.values() if len(found) == int(found[0]["task"][3].split()[-1])]
    if not full:
        return None
    accuracies = [100 * sum(r["right"] for r in found) / sum(r["documents"] for r in found) for found in full]
    return statistics.median(accuracies), statistics.median(r["seconds"] for found in full for r in found), len(full)


def cell(found):
    return "" if found is None else f"{found[0]:.2f} ({found[1]:.1f} s)"


def counted(found):
    return 0 if found is None else found[2]


def table(results):
    rows = ["| set | split | published | at least | textgen | fastText | seeds |", "|---|---|---|---|---|---|---|"]
    for name, (title, published, bar) in SETS.items():
        own, fast = (summary(results, name, who) for who in ("textgen", "fasttext"))
        if not (own or fast):
            continue
        split = {"mr": "text_gcn's", "r8": "given", "trec": "a tenth held out", "imdb": "5,000 held out"}.get(name, "10 folds")
        rows.append(f"| {title} | {split} | {published} | {bar} | {cell(own)} | {cell(fast)} | {counted(own)}, {counted(fast)} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--sets", default=",".join(SETS), help="of " + ",".join(SETS) + "; none: only print the table")
    parser.add_argument("--who", default="textgen,fasttext")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after that time")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path("classify_compare.json"))
    parser.add_argument("--textgen", default="./textgen", help="the program")
    parser.add_argument("--fasttext", default="fasttext", help="the program")
    args = parser.parse_args()
    results = json.loads(args.results.read_text()) if args.results.exists() else []
    end = time.monotonic() + 60 * args.minutes
    wanted = [] if args.sets == "none" else itertools.product(args.sets.lower().split(","), map(int, args.seeds.split(",")), args.who.split(","))
    for name, seed, who in wanted:
        if name not in SETS:
            sys.exit(f"unknown set {name}: use {','.join(SETS)}")
        if time.monotonic() > end:
            break
        for result in pieces(name, who, seed, args, results):
            results.append(json.loads(json.dumps(result)))
            args.results.write_text(json.dumps(results, indent=1) + "\n")
            print(json.dumps(result), file=sys.stderr)
            if time.monotonic() > end:
                break
    print(table(results))


if __name__ == "__main__":
    main()
