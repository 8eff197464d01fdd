"""Writes measures.json: cases and what scikit-learn and NumPy make of them. Needs scikit-learn 1.5 or later.

Run: python measures.py > measures.json
"""

import json

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

rng = np.random.default_rng(4)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def calibration_error(confidence, right):
    """Guo et al. 2017, equation 3, with 15 bins."""
    edges = np.linspace(0, 1, 16)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def scores(truth, predicted, **options):
    result = {}
    for average in "macro", "micro":
        p, r, f, _ = precision_recall_fscore_support(truth, predicted, average=average, zero_division=0, **options)
        result |= {average + "_precision": p, average + "_recall": r, average + "_f1": f}
    p, r, f, s = precision_recall_fscore_support(truth, predicted, average=None, zero_division=0, **options)
    return result | {"precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": s.tolist()}


def multi_class(n, k, sharpness):
    truth = rng.integers(0, k, n)
    truth[:k] = np.arange(k)
    logits = (rng.normal(size=(n, k)) + 1.2 * np.eye(k)[truth]) * sharpness
    logits = logits.astype(np.float32).astype(np.float64)
    probabilities = softmax(logits).astype(np.float32)
    predicted = probabilities.argmax(axis=1)
    loss = lambda t: log_loss(truth, softmax(logits / t), labels=np.arange(k))
    best = minimize_scalar(loss, bounds=(0.1, 100), method="bounded", options={"xatol": 1e-9})
    return {
        "task": "multi-class",
        "truth": [[int(t)] for t in truth],
        "logits": logits.tolist(),
        "probabilities": probabilities.tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "log_loss": log_loss(truth, probabilities.astype(np.float64) / probabilities.astype(np.float64).sum(axis=1, keepdims=True), labels=np.arange(k)),
        "ece": calibration_error(probabilities.max(axis=1).astype(np.float64), predicted == truth),
        "confusion": confusion_matrix(truth, predicted, labels=np.arange(k)).tolist(),
        "temperature": best.x,
    } | scores(truth, predicted)


def multi_label(n, k, sharpness):
    truth = rng.random((n, k)) < 0.35
    truth[0] = True
    logits = ((rng.normal(size=(n, k)) + 2 * truth - 1) * sharpness).astype(np.float32).astype(np.float64)
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    probabilities = sigmoid(logits).astype(np.float32)
    predicted = probabilities >= 0.5
    wide = probabilities.astype(np.float64)
    loss = lambda t: -np.log(np.where(truth, sigmoid(logits / t), sigmoid(-logits / t))).mean()
    best = minimize_scalar(loss, bounds=(0.1, 100), method="bounded", options={"xatol": 1e-9})
    return {
        "task": "multi-label",
        "truth": [np.flatnonzero(t).tolist() for t in truth],
        "logits": logits.tolist(),
        "probabilities": probabilities.tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "log_loss": -np.log(np.where(truth, wide, 1 - wide)).mean(),
        "ece": calibration_error(wide.ravel(), truth.ravel()),
        "temperature": best.x,
    } | scores(truth, predicted)


print(json.dumps([multi_class(40, 3, 2), multi_class(60, 5, 0.4), multi_label(30, 4, 3), multi_label(25, 3, 0.5)]))
