"""Writes optimizers.json: five updates of a matrix and a bias by PyTorch's optimisers.

Run: python3 optimizers.py > optimizers.json
The gradients are fixed, so that only the update rules are compared.
"""
import json
import torch

STEPS = 5
RATES = [0.1, 0.05, 0.2, 0.01, 0.1]

CASES = [
    ("sgd", {}, torch.optim.SGD, {}),
    ("sgd", {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    ("sgd", {"momentum": 0.5, "weight_decay": 0.1}, torch.optim.SGD, {"momentum": 0.5, "weight_decay": 0.1}),
    ("rmsprop", {}, torch.optim.RMSprop, {}),
    ("rmsprop", {"alpha": 0.9, "weight_decay": 0.01}, torch.optim.RMSprop, {"alpha": 0.9, "weight_decay": 0.01}),
    ("adam", {}, torch.optim.Adam, {}),
    ("adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weight_decay": 0.05}, torch.optim.Adam,
     {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.05}),
    ("adamw", {"weight_decay": 0.1}, torch.optim.AdamW, {"weight_decay": 0.1}),
]


def weights():
    return [torch.tensor([[0.5, -1.0, 2.0], [0.0, 3.0, -0.25]]), torch.tensor([0.1, -0.2, 0.3])]


def gradients(step):
    g = torch.Generator().manual_seed(step)
    return [torch.randn(2, 3, generator=g), torch.randn(3, generator=g)]


def flat(tensors):
    return [t.flatten().tolist() for t in tensors]


def run(make, options):
    params = [torch.nn.Parameter(w) for w in weights()]
    groups = params
    if make is torch.optim.AdamW:  # biases do not decay
        groups = [{"params": params[:1]}, {"params": params[1:], "weight_decay": 0.0}]
    optimizer = make(groups, lr=1.0, **options)
    after = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATES[step]
        for p, g in zip(params, gradients(step)):
            p.grad = g
        optimizer.step()
        after.append(flat([p.detach() for p in params]))
    return after


def average():
    """The averages of ASGD after every step but the first. It averages what comes after that: its weight of the second is
    one, as if there were none before."""
    params = [torch.nn.Parameter(w) for w in weights()]
    optimizer = torch.optim.ASGD(params, lr=0.1, lambd=0, alpha=0, t0=0)
    averages = []
    for step in range(STEPS):
        for p, g in zip(params, gradients(step)):
            p.grad = g
        optimizer.step()
        averages.append(flat([optimizer.state[p]["ax"] for p in params]))
    return averages[1:]


cases = [{"config": {"name": name, **config}, "after": run(make, options)} for name, config, make, options in CASES]
print(json.dumps({
    "pytorch": torch.__version__,
    "averages": average(),
    "rates": RATES,
    "weights": flat(weights()),
    "gradients": [flat(gradients(s)) for s in range(STEPS)],
    "cases": cases,
}, indent=1))
