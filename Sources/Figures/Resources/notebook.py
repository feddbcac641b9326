# %% [markdown]
# # {{title}}
#
# Figures and tables of a run of the workbench, made again from its HDF5 file with h5py and matplotlib.
# `pip install h5py matplotlib jupyter` is all that it needs.

# %%
import h5py
import matplotlib.pyplot as plt
import numpy as np

FILE = {{file}}
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555"]  # Okabe, Ito
MARKS = "o^sD"
plt.rcParams.update({"figure.dpi": 110, "axes.spines.top": False, "axes.spines.right": False})


def read(group):
    """The datasets of a group as arrays, texts as str."""
    with h5py.File(FILE) as file:
        return {
            name: item.asstr()[:] if h5py.check_string_dtype(item.dtype) else item[:]
            for name, item in file[group].items()
        }


def attributes(group):
    with h5py.File(FILE) as file:
        return dict(file[group].attrs)


def styles(labels):
    """Label, colour and mark; safe is always blue, unsafe always vermilion."""
    order = ["safe", "unsafe"] + sorted(set(labels) - {"safe", "unsafe"})
    return [
        (label, COLORS[place % len(COLORS)], MARKS[place % len(MARKS)])
        for place, label in enumerate(order)
        if label in set(labels)
    ]


def wilson(hits, count, z=1.959963984540054):
    """Wilson's 95 % interval of a share, as distances from it."""
    share, scale = hits / count, 1 + z * z / count
    middle = (share + z * z / (2 * count)) / scale
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / scale
    return max(share - middle + half, 0), max(middle + half - share, 0)


# %% [markdown]
# ## What was run

# %%
with h5py.File(FILE) as file:
    for name, group in file.items():
        if "command_line" in group.attrs:
            made = group.attrs
            print(f"/{name}  {made['created']}  workbench {made['tool_version']}")
            print("   ", made["command_line"])
            print("   ", made.get("model_name", ""), made.get("model_adapters", ""))

# %% [markdown] tsne
# ## t-SNE of every layer
#
# Only neighbourhood counts: axes have no unit. The curves say how far to trust the pictures; dotted
# lines are the 95 % quantiles under permuted labels.

# %% tsne
tsne = read("tsne")
layers, labels = tsne["layer"], tsne["prompt_label"]
columns = min(6, len(layers))
rows = -(-len(layers) // columns)
figure, axes = plt.subplots(rows, columns, figsize=(2 * columns, 2.2 * rows), squeeze=False)
for axis in axes.flat:
    axis.axis("off")
for axis, layer, points in zip(axes.flat, layers, tsne["embedding"]):
    axis.axis("on")
    axis.set(title=f"layer {layer}", xticks=[], yticks=[], aspect="equal")
    axis.set_adjustable("datalim")
    for label, color, mark in styles(labels):
        own = points[labels == label]
        axis.scatter(*own.T, s=5, c=color, marker=mark, alpha=0.7, label=label or "no label")
handles = axes.flat[0].get_legend_handles_labels()
figure.legend(*handles, loc="upper center", ncols=7, frameon=False, markerscale=2)
figure.tight_layout(rect=(0, 0, 1, 1 - 0.25 / rows))

# %% tsne
measures = [
    name
    for name in ["silhouette", "probe_auc", "knn_accuracy", "trustworthiness"]
    if name in tsne
]
figure, axis = plt.subplots(figsize=(7, 3.6))
for name, color in zip(measures, COLORS):
    axis.plot(layers, tsne[name], "o-", ms=3, c=color, label=name.replace("_", " "))
    if f"{name}_permuted_high" in tsne:
        axis.plot(layers, tsne[f"{name}_permuted_high"], ":", c=color)
axis.set(xlabel="layer")
axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

# %% [markdown] classifier
# ## Cosine of the transition with the harm direction
#
# Bands: 95 % interval of the mean (1.96 standard errors).

# %% classifier
found = read("classifier")
layers, labels = found["layer"], found["prompt_label"]
figure, axis = plt.subplots(figsize=(7, 4))
for label, color, mark in styles(labels):
    own = found["cosine"][labels == label]
    mean = own.mean(0)
    margin = 1.96 * own.std(0, ddof=min(1, len(own) - 1)) / np.sqrt(len(own))
    axis.plot(layers, mean, marker=mark, ms=4, c=color, label=f"{label or 'no label'} ({len(own)})")
    axis.fill_between(layers, mean - margin, mean + margin, color=color, alpha=0.18, lw=0)
axis.set(xlabel="layer", ylabel="mean cosine with d_harm")
axis.legend(frameon=False)

# %% classifier
made = attributes("classifier")
print(f"threshold {made['threshold']:.3f}")
for name in ["precision", "recall", "f1", "auprc_trapezoid", "average_precision", "roc_auc"]:
    if name in made:
        low, high = (made.get(f"{name}_{end}", np.nan) for end in ("low", "high"))
        print(f"{name:18} {made[name]:.3f}  95% {low:.3f} to {high:.3f}")

# %% [markdown] lens
# ## Logit lens

# %% lens
lens = read("lens")
if attributes("lens")["of"] == "vectors":
    print("Tokens that each layer's vector promotes")
    for layer, tokens in zip(lens["layer"], lens["promoted_token"]):
        print(f"{layer:5}  " + "  ".join(repr(token) for token in tokens[:8]))
else:
    prompt = 0  # choose another
    if "position" in lens:
        names = lens["position"]
        tokens, shares = (lens[name][prompt, :, :, 0] for name in ("top_token", "top_probability"))
    else:
        own = slice(*lens["token_offset"][prompt : prompt + 2])
        names = lens["token_text"][own][-12:]
        tokens, shares = (
            lens[name][own, :, 0].T[:, -12:] for name in ("top_token", "top_probability")
        )
    figure, axis = plt.subplots(figsize=(1.5 + 0.85 * max(len(names), 2), 0.24 * len(tokens) + 1))
    image = axis.pcolormesh(shares, cmap="YlGnBu", vmin=0, vmax=1, edgecolors="white")
    for (row, column), token in np.ndenumerate(tokens):
        axis.text(
            column + 0.5, row + 0.5, token.replace(" ", "␣").replace("$", r"\$"), size=7,
            ha="center", va="center", color="white" if shares[row, column] > 0.7 else "black",
        )
    axis.set_xticks(np.arange(len(names)) + 0.5, [n.replace("$", r"\$") for n in names], size=7)
    axis.set_yticks(np.arange(len(tokens)) + 0.5, lens["layer"], size=7)
    axis.set(ylabel="layer", title=f"prompt {lens['prompt_id'][prompt]}")
    figure.colorbar(image, label="probability")

# %% [markdown] ablation
# ## Ablation and steering, layer by layer
#
# Only points that are done. Change `metric` to `kl`, `refusal_rate` or `broken_rate`.

# %% ablation
sweep = read("ablation")
metric = "refusal_log_odds"
# Random directions stand for the vectors where `control` is not 0; `n` counts lengths of the residual stream.
done = (sweep["done"] == 1) & (sweep.get("control", 0 * sweep["sign"]) == 0)
units = sweep.get("alpha_unit", [""] * len(done))
settings = [
    f"{mode} {sign * alpha:+g}{'n' if unit == 'residual-norm' else ''}" if sign else mode
    for mode, alpha, unit, sign in zip(sweep["mode"], sweep["alpha"], units, sweep["sign"])
]
windows = list(zip(sweep["first_layer"], sweep["last_layer"]))
names, places = list(dict.fromkeys(settings)), sorted(set(windows))
count = len(sweep["label"])
figure, axes = plt.subplots(
    1, count, squeeze=False, figsize=((2 + 0.5 * len(places)) * count, 1.4 + 0.3 * len(names))
)
for column, (axis, label) in enumerate(zip(axes.flat, sweep["label"])):
    grid = np.full((len(names), len(places)), np.nan)
    for point in np.flatnonzero(done):
        row, place = names.index(settings[point]), places.index(windows[point])
        grid[row, place] = sweep[metric][point, column]
    image = axis.imshow(grid, cmap="YlGnBu", aspect="auto")
    axis.set(title=f"{label or 'no label'} ({sweep['label_count'][column]})", xlabel="layers")
    axis.set_xticks(range(len(places)), [f"{a}–{b}" for a, b in places], size=7, rotation=45)
    axis.set_yticks(range(len(names)), names, size=8)
    figure.colorbar(image, label=metric.replace("_", " "))
figure.tight_layout()

# %% [markdown] steering
# ## Refused prompts with and without steering
#
# Bars with Wilson's 95 % interval; broken answers (empty, looping, ...) are no refusals.

# %% steering
steering = read("steering")
labels = steering["prompt_label"]
figure, axis = plt.subplots(figsize=(7, 2.6))
for place, (label, color, _) in enumerate(styles(labels)):
    own = labels == label
    hits = [(steering[f"{kind}_refused"] & (steering[f"{kind}_defect"] == ""))[own].sum()
            for kind in ("unsteered", "steered")]
    margins = np.array([wilson(hit, own.sum()) for hit in hits]).T
    axis.barh(
        np.arange(2) + 0.36 * place, np.array(hits) / own.sum(), 0.34, xerr=margins, color=color,
        alpha=0.8, label=f"{label or 'no label'} ({own.sum()})",
    )
axis.set_yticks(np.arange(2) + 0.18, ["unsteered", "steered"])
axis.set(xlim=(0, 1.02), xlabel="refusal rate")
axis.invert_yaxis()
axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))

# %% steering
for row in range(min(3, len(labels))):
    print(f"{steering['prompt'][row]} ({labels[row]}): {steering['prompt_text'][row]}")
    for kind in ("unsteered", "steered"):
        verdict = "refused" if steering[f"{kind}_refused"][row] else "answered"
        if defect := steering[f"{kind}_defect"][row]:
            verdict = f"broken ({defect})"
        print(f"    {kind}, {verdict}: {steering[kind][row][:200]}")

# %% [markdown] evaluation_table
# ## Refusal rates of methods on benchmarks
#
# Bars with Wilson's 95 % interval, of the first trial; a set's safe prompts should not be refused, its
# unsafe ones should.

# %% evaluation_table
table = read("evaluation_table")
places = [f"{name} {label}" for name, label in zip(table["column_set"], table["column_label"])]
methods = table["method"]
height = 0.8 / len(methods)
figure, axis = plt.subplots(figsize=(7, 0.8 + 0.24 * len(methods) * len(places)))
for row, method in enumerate(methods):
    rate, low, high = (table[name][row, :, 0] for name in ("rate", "rate_low", "rate_high"))
    axis.barh(
        np.arange(len(places)) + height * row, rate, 0.9 * height, color=COLORS[row % len(COLORS)],
        alpha=0.8, xerr=[rate - low, high - rate],
        label=f"{method}, {table['average'][row, 0]:.1%} right",
    )
axis.set_yticks(np.arange(len(places)) + 0.4 - height / 2, places)
axis.set(xlim=(0, 1.02), xlabel="refusal rate")
axis.invert_yaxis()
axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
