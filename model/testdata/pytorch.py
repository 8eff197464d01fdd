"""Makes the fixtures beside it: what PyTorch computes for small networks, in float64.

    python pytorch.py

Weights, states and inputs come from a formula that the Go tests share (value, below), so that the files hold results
alone. Running it again gives the same files but for the last digits, which depend on the machine.
"""

import json
import pathlib

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

VOCAB, EMBEDDING, HIDDEN, LAYERS = 11, 6, 8, 2
CELLS = {
    "rnn": lambda *sizes, **kw: nn.RNN(*sizes, nonlinearity="tanh", **kw),
    "rnn-relu": lambda *sizes, **kw: nn.RNN(*sizes, nonlinearity="relu", **kw),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}


def number(name, i):
    """A 32-bit hash of a name and an index."""
    k = 0
    for byte in name.encode():
        k = (31 * k + byte) % 2**32
    k = (k + (i + 1) * 2654435761) % 2**32
    k ^= k >> 15
    k = k * 2246822519 % 2**32
    return k ^ k >> 13


def value(name, i):
    """A number from -0.5 up to 0.5 that float32 holds exactly."""
    return (number(name, i) >> 8) / 2**24 - 0.5


def tensor(name, *shape):
    n = torch.Size(shape).numel()
    return torch.tensor([value(name, i) for i in range(n)]).reshape(shape)


def tokens(name, *shape):
    n = torch.Size(shape).numel()
    return torch.tensor([number(name, i) % VOCAB for i in range(n)]).reshape(shape)


def fill(parameters):
    with torch.no_grad():
        for name, p in parameters:
            p.copy_(tensor(name, *p.shape))


def initial_state(cell, layers, streams, hidden):
    h = tensor("h", layers, streams, hidden).requires_grad_()
    c = tensor("c", layers, streams, hidden).requires_grad_()
    return (h, c) if cell == "lstm" else h


def as_dict(cell, state):
    return dict(zip("hc", state)) if cell == "lstm" else {"h": state}


def gradients(parameters):
    return {name: p.grad for name, p in parameters}


def flat(t):
    return [float(f"{v:.9g}") for v in t.detach().flatten().tolist()]


def save(name, **results):
    """Writes one tensor a line."""
    lines = [f'"pytorch": "{torch.__version__.split("+")[0]}"']
    for key, result in results.items():
        if isinstance(result, dict):
            inner = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(flat(v))}" for k, v in result.items())
            lines.append(f"{json.dumps(key)}: {{\n  {inner}\n }}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(result)}")
    text = "{\n " + ",\n ".join(lines) + "\n}\n"
    pathlib.Path(__file__).with_name(name + ".json").write_text(text)


class LanguageModel(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, EMBEDDING)
        self.rnn = CELLS[cell](EMBEDDING, HIDDEN, num_layers=LAYERS)
        self.head = nn.Linear(HIDDEN, VOCAB)
        fill(self.named_parameters())

    def forward(self, inputs, targets, state):
        out, state = self.rnn(self.embedding(inputs), state)
        logits = self.head(out).reshape(-1, VOCAB)
        return nn.functional.cross_entropy(logits, targets.reshape(-1)), state


def language_model(cell, steps=7, streams=3):
    """One window: the mean loss, the states at its end, the gradients."""
    m = LanguageModel(cell)
    state = initial_state(cell, LAYERS, streams, HIDDEN)
    loss, final = m(tokens("inputs", steps, streams), tokens("targets", steps, streams), state)
    loss.backward()
    save(f"language_{cell}", loss=loss.item(), final=as_dict(cell, final), grads=gradients(m.named_parameters()))


class AdaptiveModel(nn.Module):
    """A softmax in three parts; the narrowest has hidden / 16 features."""

    def __init__(self, hidden=16, cutoffs=(4, 8)):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, EMBEDDING)
        self.rnn = nn.RNN(EMBEDDING, hidden)
        self.head = nn.AdaptiveLogSoftmaxWithLoss(hidden, VOCAB, list(cutoffs), div_value=4.0, head_bias=True)
        fill(self.named_parameters())

    def forward(self, inputs, targets, state):
        out, state = self.rnn(self.embedding(inputs), state)
        out = out.reshape(-1, out.shape[-1])
        return self.head(out, targets.reshape(-1)).loss, state, self.head.log_prob(out)


def adaptive(steps=7, streams=3):
    """One window with an adaptive softmax: the mean loss, all log-probabilities, the gradients."""
    m = AdaptiveModel()
    state = initial_state("rnn", 1, streams, 16)
    loss, final, scores = m(tokens("inputs", steps, streams), tokens("targets", steps, streams), state)
    loss.backward()
    save("adaptive", loss=loss.item(), final={"h": final}, output={"scores": scores}, grads=gradients(m.named_parameters()))


def stack(cell, lengths=(5, 5, 3, 1), width=5, hidden=4):
    """A bidirectional stack over sequences of several lengths, packed step by step. The loss is the sum of the outputs
    times fixed weights."""
    m = CELLS[cell](width, hidden, num_layers=LAYERS, bidirectional=True)
    named = [("rnn." + name, p) for name, p in m.named_parameters()]
    fill(named)
    rows = sum(lengths)
    x = tensor("x", rows, width).requires_grad_()
    active = torch.tensor([sum(n > t for n in lengths) for t in range(max(lengths))])
    state = initial_state(cell, 2 * LAYERS, len(lengths), hidden)
    out, final = m(nn.utils.rnn.PackedSequence(x, active), state)
    (out.data * tensor("weights", rows, 2 * hidden)).sum().backward()
    grads = gradients(named) | {"x": x.grad} | {k: v.grad for k, v in as_dict(cell, state).items()}
    save(f"stack_{cell}", final=as_dict(cell, final), output={"output": out.data}, grads=grads)


POOLINGS = ("last", "mean", "max", "mean+max", "attention")


class Classifier(nn.Module):
    """A bidirectional layer over padded documents, packed on the way; padding takes no part in the pooling."""

    def __init__(self, cell, pooling, hidden=4, labels=3):
        super().__init__()
        width = 2 * hidden
        self.pooling, self.hidden = pooling, hidden
        self.embedding = nn.Embedding(VOCAB, EMBEDDING)
        self.rnn = CELLS[cell](EMBEDDING, hidden, bidirectional=True, batch_first=True)
        if pooling == "attention":
            self.attention = nn.Linear(width, width)
            self.attention.vector = nn.Parameter(torch.empty(1, width))
        self.head = nn.Linear(2 * width if pooling == "mean+max" else width, labels)
        fill(self.named_parameters())

    def forward(self, padded, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(padded), lengths, batch_first=True, enforce_sorted=False)
        out, _ = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(self.pool(out, lengths))

    def pool(self, out, lengths):
        padding = (torch.arange(out.shape[1]) >= lengths[:, None])[..., None]
        mean = out.masked_fill(padding, 0).sum(1) / lengths[:, None]
        largest = out.masked_fill(padding, -torch.inf).max(1).values
        if self.pooling == "last":
            ends = out[torch.arange(len(lengths)), lengths - 1, : self.hidden]
            return torch.cat([ends, out[:, 0, self.hidden :]], 1)
        if self.pooling == "attention":
            scores = torch.tanh(self.attention(out)) @ self.attention.vector.t()
            return (torch.softmax(scores.masked_fill(padding, -torch.inf), 1) * out).sum(1)
        return {"mean": mean, "max": largest, "mean+max": torch.cat([mean, largest], 1)}[self.pooling]


def classifier(cell, lengths=(3, 5, 1, 4)):
    """Documents of several lengths through every pooling, together and each alone. The loss is the sum of the logits
    times fixed weights."""
    outputs, grads = {}, {}
    documents = tokens("documents", sum(lengths)).split(lengths)
    padded = nn.utils.rnn.pad_sequence(documents, batch_first=True, padding_value=VOCAB - 1)
    for pooling in POOLINGS:
        m = Classifier(cell, pooling)
        logits = m(padded, torch.tensor(lengths))
        alone = torch.cat([m(d[None], torch.tensor([len(d)])) for d in documents])
        torch.testing.assert_close(alone, logits, rtol=0, atol=1e-14)
        (logits * tensor("weights", *logits.shape)).sum().backward()
        outputs[pooling] = logits
        grads |= {f"{pooling} {name}": g for name, g in gradients(m.named_parameters()).items()}
    save(f"classifier_{cell}", output=outputs, grads=grads)


def training(cell, windows=10, steps=5, streams=4, rate=0.02, clip=0.4):
    """The first losses of a run: Adam, gradients clipped by their global norm, states carried from window to window,
    gradients not."""
    m = LanguageModel(cell)
    optimizer = torch.optim.Adam(m.parameters(), lr=rate)
    text = tokens("text", windows * steps + 1, streams) // 2
    state, losses, norms = None, [], []
    for at in range(0, windows * steps, steps):
        loss, state = m(text[at : at + steps], text[at + 1 : at + steps + 1], state)
        optimizer.zero_grad()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(m.parameters(), clip).item())
        losses.append(loss.item())
        optimizer.step()
        state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
    save(f"training_{cell}", losses=losses, norms=norms)


if __name__ == "__main__":
    adaptive()
    for cell in CELLS:
        language_model(cell)
        stack(cell)
        training(cell)
    for cell in ("lstm", "gru"):
        classifier(cell)
