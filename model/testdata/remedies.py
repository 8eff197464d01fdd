"""Makes the fixtures remedy_*.json beside it: what PyTorch computes, in float64, with remedies against gradients that
vanish or explode and against overfitting.

    python remedies.py

Weights and inputs are those of pytorch.py.
"""

import torch
from torch import nn

from pytorch import EMBEDDING, HIDDEN, LAYERS, VOCAB, LanguageModel, gradients, save, tensor, tokens


def overlapping(cell, batches=6, steps=7, every=3, streams=4, rate=0.5):
    """Truncated backpropagation with k1 = every below k2 = steps (Williams & Peng 1990): a run of SGD whose windows
    overlap and learn from what no window before them has predicted."""
    m = LanguageModel(cell)
    optimizer = torch.optim.SGD(m.parameters(), lr=rate)
    text = tokens("text", batches * every + steps + 1, streams) // 2
    state, losses, norms = None, [], []
    for batch in range(batches):
        window = text[batch * every : batch * every + steps + 1]
        out, after = m.rnn(m.embedding(window[:every]), state)
        rest, _ = m.rnn(m.embedding(window[every:-1]), after)
        logits = m.head(torch.cat([out, rest]))
        learned = steps - every if batch else 0
        loss = nn.functional.cross_entropy(logits[learned:].flatten(0, 1), window[learned + 1 :].flatten())
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.cat([g.flatten() for g in gradients(m.named_parameters()).values()]).norm().item())
        optimizer.step()
        state = tuple(s.detach() for s in after) if cell == "lstm" else after.detach()
    save(f"remedy_overlapping_{cell}", losses=losses, norms=norms)


def penalised(cell, ar=2, tar=3, learned=2, steps=7, streams=3):
    """One window that learns from its last steps, with activation and temporal activation regularisation (Merity et al.
    2017). The loss in the file is without them."""
    m = LanguageModel(cell)
    inputs, targets = tokens("inputs", steps, streams), tokens("targets", steps, streams)
    out, _ = m.rnn(m.embedding(inputs))
    loss = nn.functional.cross_entropy(m.head(out[learned:]).flatten(0, 1), targets[learned:].flatten())
    activation = out[learned:].pow(2).mean()
    temporal = (out[learned:] - out[learned - 1 : -1]).pow(2).mean()
    (loss + ar * activation + tar * temporal).backward()
    save(f"remedy_penalised_{cell}", loss=loss.item(), grads=gradients(m.named_parameters()))


def cell_step(cell, w, x, h, c, norm):
    """One step of a cell. w holds the parameters of its layer; norm says whether it normalises."""
    gates_of = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    if norm:
        parts = lambda a, gain: gain * nn.functional.layer_norm(a.unflatten(-1, (gates_of, -1)), [HIDDEN]).flatten(-2)
        left = parts(x @ w["weight_ih"].T, w["gain_ih"]) + w["bias_ih"]
        right = parts(h @ w["weight_hh"].T, w["gain_hh"]) + w["bias_hh"]
    else:
        left, right = x @ w["weight_ih"].T + w["bias_ih"], h @ w["weight_hh"].T + w["bias_hh"]
    if cell == "rnn":
        return torch.tanh(left + right), c
    if cell == "gru":
        (r, z, n), (hr, hz, hn) = left.chunk(3, -1), right.chunk(3, -1)
        r, z = torch.sigmoid(r + hr), torch.sigmoid(z + hz)
        return (1 - z) * torch.tanh(n + r * hn) + z * h, c
    i, f, g, o = (left + right).chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    out = nn.functional.layer_norm(c, [HIDDEN], w["gain_c"], w["bias_c"]) if norm else c
    return torch.sigmoid(o) * torch.tanh(out), c


class Remedied(nn.Module):
    """The language model of pytorch.py, step by step, with remedies; its parameters are named as in Go."""

    def __init__(self, cell, norm=False, highway=False, dilation=1, zoneout=0, zoneout_cell=0):
        super().__init__()
        self.cell, self.norm, self.highway, self.dilation = cell, norm, highway, dilation
        self.zoneout, self.zoneout_cell = zoneout, zoneout_cell
        rows = {"rnn": 1, "lstm": 4, "gru": 3}[cell] * HIDDEN
        shapes = {"embedding.weight": (VOCAB, EMBEDDING)}
        for l in range(LAYERS):
            width = HIDDEN if l else EMBEDDING
            of_layer = {"weight_ih": (rows, width), "weight_hh": (rows, HIDDEN), "bias_ih": (rows,), "bias_hh": (rows,)}
            if norm:
                of_layer |= {"gain_ih": (rows,), "gain_hh": (rows,)}
            if norm and cell == "lstm":
                of_layer |= {"gain_c": (HIDDEN,), "bias_c": (HIDDEN,)}
            if highway and width == HIDDEN:
                of_layer |= {"weight_highway": (HIDDEN, HIDDEN), "bias_highway": (HIDDEN,)}
            shapes |= {f"rnn.{name}_l{l}": shape for name, shape in of_layer.items()}
        shapes |= {"head.weight": (VOCAB, HIDDEN), "head.bias": (VOCAB,)}
        self.named = {name: nn.Parameter(tensor(name, *shape)) for name, shape in shapes.items()}

    def layer(self, l, inputs):
        suffix = f"_l{l}"
        w = {k.removeprefix("rnn.").removesuffix(suffix): p for k, p in self.named.items() if k.endswith(suffix)}
        zero, out, cells = torch.zeros(inputs.shape[1], HIDDEN), [], []
        distance = self.dilation**l
        for t, x in enumerate(inputs):
            h, c = (out[t - distance], cells[t - distance]) if t >= distance else (zero, zero)
            new_h, new_c = cell_step(self.cell, w, x, h, c, self.norm)
            out.append(self.zoneout * h + (1 - self.zoneout) * new_h)
            cells.append(self.zoneout_cell * c + (1 - self.zoneout_cell) * new_c)
        y = torch.stack(out)
        if "weight_highway" not in w:
            return y
        gate = torch.sigmoid(inputs @ w["weight_highway"].T + w["bias_highway"])
        return gate * y + (1 - gate) * inputs

    def forward(self, inputs, targets):
        x = self.named["embedding.weight"][inputs]
        for l in range(LAYERS):
            x = self.layer(l, x)
        logits = x @ self.named["head.weight"].T + self.named["head.bias"]
        return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def remedied(name, cell, steps=7, streams=3, **remedies):
    """One window from states of zeros: the mean loss and the gradients."""
    m = Remedied(cell, **remedies)
    loss = m(tokens("inputs", steps, streams), tokens("targets", steps, streams))
    loss.backward()
    save(f"remedy_{name}_{cell}", loss=loss.item(), grads={k: p.grad for k, p in m.named.items()})


def check(cell, steps=7, streams=3):
    """Without remedies, the steps above are those of torch.nn."""
    m = LanguageModel(cell)
    inputs, targets = tokens("inputs", steps, streams), tokens("targets", steps, streams)
    assert torch.allclose(m(inputs, targets, None)[0], Remedied(cell)(inputs, targets))


if __name__ == "__main__":
    for cell in ("rnn", "lstm", "gru"):
        check(cell)
        overlapping(cell)
        penalised(cell)
        remedied("norm", cell, norm=True)
        remedied("highway", cell, highway=True)
        remedied("dilation", cell, dilation=3)
        # What zoneout is in expectation; the masks of training are those of this package alone.
        remedied("zoneout", cell, zoneout=0.25, zoneout_cell=0.5 if cell == "lstm" else 0)
