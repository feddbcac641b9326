"""The figures of t-SNE: ours, scikit-learn's and openTSNE's on the same points."""

import json
import statistics
import time

import h5py
import numpy as np
from openTSNE import TSNE as OpenTSNE
from sklearn.manifold import TSNE as SklearnTSNE
from sklearn.manifold import trustworthiness

from .exact_divergence import affinities, divergence

PERPLEXITY = 30
NEIGHBOURS = 5


def clusters(count, seed=0):
    """`count` points around 20 Gaussian centres in 64 dimensions."""
    random = np.random.default_rng(seed)
    centres = 3 * random.normal(size=(20, 64))
    members = random.integers(0, 20, count)
    return (centres[members] + random.normal(size=(count, 64))).astype(np.float32)


class Race:
    def __init__(self, options, tool, scratch, say):
        self.options, self.tool, self.scratch, self.say = options, tool, scratch, say

    def sklearn(self, points):
        model = SklearnTSNE(
            perplexity=PERPLEXITY, init="pca", random_state=0, n_jobs=self.options.threads
        )
        return self.timed("scikit-learn", lambda: model.fit_transform(points))

    def opentsne(self, points):
        model = OpenTSNE(perplexity=PERPLEXITY, random_state=0, n_jobs=self.options.threads)
        return self.timed("openTSNE", lambda: np.asarray(model.fit(points)))

    def timed(self, name, work):
        start = time.perf_counter()
        layout = work()
        seconds = time.perf_counter() - start
        self.say(f"  {name}: {len(layout)} points in {seconds:.2f} s")
        return layout, seconds

    def ours(self, points, gradient="automatic"):
        """The layout, and the seconds of the library alone and of the whole process."""
        source, target = self.scratch / "points.f32", self.scratch / "layout.f64"
        points.astype(np.float32).tofile(source)
        run = self.tool.timed([
            self.options.embed_binary, str(source), str(target), "--dimension",
            str(points.shape[1]), "--perplexity", str(PERPLEXITY), "--gradient", gradient,
            "--threads", str(self.options.threads),
        ])  # fmt: skip
        seconds = json.loads(run.output)["seconds"]
        self.say(f"  ours ({gradient}): {len(points)} points in {seconds:.2f} s")
        return np.fromfile(target).reshape(-1, 2), seconds, run.seconds

    def quality(self, points, layouts):
        p = affinities(points, PERPLEXITY)
        return {
            name: {
                "kl": float(divergence(p, layout)),
                "trustworthiness": float(
                    trustworthiness(points, layout, n_neighbors=NEIGHBOURS)
                ),
            }
            for name, layout in layouts.items()
        }

    def states(self):
        """A dump of the transitions, and [layer][prompt, d_model] of them."""
        path = self.scratch / "states.h5"
        if not path.exists():
            self.tool.dump(
                self.options.prompts, path, "f32", "--response", "Sure", "--positions",
                "query-end,last",
            )  # fmt: skip
        with h5py.File(path) as file:
            rows = file["activations/resid_post"]
            return path, [rows[:, layer, 0] - rows[:, layer, 1] for layer in range(rows.shape[1])]

    def hidden(self):
        """Every layer's transitions: the whole process of ours, the fits alone of theirs."""
        path, states = self.states()
        target = self.scratch / "map.h5"
        command = [
            self.options.binary, "tsne", str(path), "--of", "transition", "--output", str(target),
            "--force", "--threads", str(self.options.threads), "--perplexity", str(PERPLEXITY),
        ]  # fmt: skip
        seconds = [self.tool.timed(command).seconds for _ in range(self.options.rounds)]
        self.say(f"  ours: {len(states)} layers in {statistics.median(seconds):.2f} s")
        with h5py.File(target) as file:
            ours = file["tsne/embedding"][:]
        theirs = {"scikit-learn": self.sklearn, "openTSNE": self.opentsne}
        fits = {name: [fit(points) for points in states] for name, fit in theirs.items()}
        layers = {}
        for layer in (layer for layer in self.options.layers if layer < len(states)):
            layouts = {name: fit[layer][0] for name, fit in fits.items()}
            layers[layer] = self.quality(states[layer], {"ours": ours[layer], **layouts})
        return {
            "count": len(states[0]), "dimension": states[0].shape[1], "layers": len(states),
            "quality": layers,
            "seconds": {
                "ours": seconds,
                **{name: [sum(one[1] for one in fit)] for name, fit in fits.items()},
            },
        }  # fmt: skip

    def clusters(self):
        points = clusters(self.options.clusters)
        runs = [self.ours(points) for _ in range(self.options.rounds)]
        sklearn, sklearn_seconds = self.sklearn(points)
        opentsne, opentsne_seconds = self.opentsne(points)
        return {
            "count": len(points), "dimension": points.shape[1],
            "quality": self.quality(
                points, {"ours": runs[0][0], "scikit-learn": sklearn, "openTSNE": opentsne}
            ),
            "seconds": {
                "ours": [run[2] for run in runs], "scikit-learn": [sklearn_seconds],
                "openTSNE": [opentsne_seconds],
            },
        }  # fmt: skip

    def many(self):
        points = clusters(self.options.many)
        run = self.ours(points)
        return {
            "count": len(points), "dimension": points.shape[1],
            "seconds": {"ours": [run[2]], "openTSNE": [self.opentsne(points)[1]]},
        }  # fmt: skip

    def gradients(self):
        """Exact beside interpolated, on the same points."""
        _, states = self.states()
        sets = {f"transitions, layer {layer}": states[layer] for layer in self.options.layers}
        sets["20 clusters, 3000 points"] = clusters(3000)
        found = {}
        for name, points in sets.items():
            layouts = {gradient: self.ours(points, gradient)[0] for gradient in ("exact", "interpolated")}
            found[name] = self.quality(points, layouts)
        return found
