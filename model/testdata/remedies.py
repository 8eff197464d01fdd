"""Makes the fixtures remedy_*.json beside it: what PyTorch computes, in float64, with remedies against gradients that
vanish or explode and against overfitting.

    python remedies.py

Weights and inputs are those of pytorch.py.
"""

import torch
from torch import nn

from pytorch import LanguageModel, gradients, save, tokens


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


if __name__ == "__main__":
    for cell in ("rnn", "lstm", "gru"):
        penalised(cell)
        overlapping(cell)
