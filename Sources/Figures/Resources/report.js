"use strict";

// Everything that comes from a file goes into the page as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("sections");
const contents = document.getElementById("contents");
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"];
const marks = ["circle", "triangle-up", "square", "diamond"];
const plotOptions = { responsive: true, displaylogo: false };
const font = { family: 'system-ui, "DejaVu Sans", sans-serif', size: 13, color: "#1a1a1a" };

function el(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Plotly reads hover texts as markup, so what is not meant as such is escaped.
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function wrapped(text, width = 60) {
  const lines = [""];
  for (const word of text.slice(0, 600).split(/\s+/)) {
    if (lines.at(-1) && lines.at(-1).length + word.length >= width) lines.push("");
    lines.push((lines.pop() + " " + word).trim());
  }
  return lines.map(escaped).join("<br>");
}

const named = (label) => label || "no label";

function fixed(value, digits = 3) {
  return value === null || value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
}

// Safe is always blue and unsafe always vermilion; other labels follow by name.
function labelStyles(labels) {
  const known = ["safe", "unsafe"];
  const others = [...new Set(labels)].filter((label) => !known.includes(label)).sort();
  return [...known, ...others]
    .map((label, place) => ({
      label, color: palette[place % palette.length], mark: marks[place % marks.length],
    }))
    .filter(({ label }) => labels.includes(label));
}

let sectionCount = 0;

function section(title, file, ...children) {
  const id = "section-" + sectionCount++;
  const name = data.files.length > 1 && file ? `${title} (${file.name})` : title;
  contents.append(el("a", { href: "#" + id, textContent: name }));
  main.append(el("section", { id }, el("h2", { textContent: name }), ...children));
}

function select(options, onChange) {
  const box = el("select", {});
  options.forEach((name, index) => box.append(el("option", { value: index, textContent: name })));
  box.addEventListener("change", () => onChange(Number(box.value)));
  return box;
}

function layout(extra) {
  return Object.assign(
    { font, margin: { l: 60, r: 14, t: 30, b: 48 }, hovermode: "closest",
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", traceorder: "normal" } }, extra);
}

function table(head, rows, numbers = []) {
  const kind = (column) => (numbers.includes(column) ? "number" : "");
  return el("table", {},
    el("thead", {}, el("tr", {}, ...head.map((text, column) =>
      el("th", { textContent: text, className: kind(column) })))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, column) =>
      cell instanceof Node
        ? el("td", { className: kind(column) }, cell)
        : el("td", { textContent: cell, className: kind(column) }))))));
}

function provenance() {
  const rows = data.files.flatMap((file) => file.groups.map((group) => [
    file.name, "/" + group.name, group.model ?? "–",
    el("div", {}, el("code", { textContent: group.commandLine }),
      el("details", {}, el("summary", { textContent: "settings" }),
        table(["name", "value"], group.settings.map(([name, value]) => [name, value])))),
    el("span", { className: "whole", textContent: group.created }), group.toolVersion,
  ]));
  section("What was run", null,
    table(["file", "group", "model", "command", "created", "version"], rows),
    el("p", { className: "muted" }, "This page was written by ",
      el("code", { textContent: data.commandLine }), ` (workbench ${data.toolVersion}).`));
}

function embedding(file) {
  const tsne = file.tsne;
  const styles = labelStyles(tsne.labels);
  const rows = styles.map(({ label }) =>
    tsne.labels.flatMap((own, prompt) => (own === label ? [prompt] : [])));
  const hover = tsne.texts.map((text, prompt) =>
    `<b>${escaped(tsne.ids[prompt])}</b> ${escaped(named(tsne.labels[prompt]))}<br>${wrapped(text)}`);
  const map = el("div", { className: "map" });
  const measures = el("div", { className: "measures" });
  const slider = el("input", {
    type: "range", min: 0, max: tsne.layers.length - 1, step: 1, id: "layer-slider-" + sectionCount,
  });
  const shown = el("output", {});
  const numbers = el("p", { className: "muted" });
  const axis = { showticklabels: false, zeroline: false, showgrid: false, mirror: true,
    showline: true, linecolor: "#b8b8b8" };
  const places = (layer, component) =>
    rows.map((own) => own.map((prompt) => tsne.points[layer][2 * prompt + component]));
  const current = (layer) => [{ type: "line", xref: "x", yref: "paper", y0: 0, y1: 1,
    x0: tsne.layers[layer], x1: tsne.layers[layer], line: { color: "#1a1a1a", width: 1 } }];

  function show(layer) {
    shown.textContent = "layer " + tsne.layers[layer];
    numbers.textContent = tsne.measures.map(({ title, values, high }) =>
      `${title} ${fixed(values[layer])}` +
      (high ? ` (labels permuted: 95% below ${fixed(high[layer])})` : "")).join(" · ");
    Plotly.restyle(map, { x: places(layer, 0), y: places(layer, 1) });
    if (tsne.measures.length) Plotly.relayout(measures, { shapes: current(layer) });
  }

  section("t-SNE of the " + tsne.subject, file,
    el("p", { textContent: tsne.settings + ". Only neighbourhood counts: the axes have no unit." }),
    el("div", { className: "controls" }, el("label", {}, "layer", slider), shown),
    numbers, el("div", { className: "row" }, map, tsne.measures.length ? measures : null));

  const start = tsne.start;
  slider.value = start;
  Plotly.newPlot(map, styles.map(({ label, color, mark }, index) => ({
    type: "scatter", mode: "markers",
    name: `${escaped(named(label))} (${rows[index].length})`,
    x: places(start, 0)[index], y: places(start, 1)[index],
    text: rows[index].map((prompt) => hover[prompt]), hoverinfo: "text",
    marker: { color, symbol: mark, size: 8, opacity: 0.75 },
  })), layout({ margin: { l: 8, r: 8, t: 34, b: 8 }, hoverlabel: { align: "left" }, xaxis: axis,
    yaxis: { ...axis, scaleanchor: "x" } }), plotOptions);
  if (tsne.measures.length) {
    Plotly.newPlot(measures, tsne.measures.filter(({ title }) => title !== "KL")
      .flatMap(({ title, values, high }, index) => {
        const line = { x: tsne.layers, mode: "lines+markers", name: title, y: values,
          marker: { size: 5 }, line: { color: palette[index] } };
        return high ? [line, { ...line, y: high, mode: "lines", name: title + ", labels permuted (95%)",
          line: { color: palette[index], dash: "dot" } }] : [line];
      }), layout({ xaxis: { title: { text: "layer" }, zeroline: false }, yaxis: { zeroline: false } }), plotOptions);
  }
  show(start);
  slider.addEventListener("input", () => show(Number(slider.value)));
}

function classifier(file) {
  const found = file.classifier;
  const styles = labelStyles(found.series.map(({ label }) => label));
  const plot = el("div", { className: "wide" });
  section("Classifier: cosine of the transition with d_harm", file,
    el("p", { textContent: found.note }), plot,
    found.quality.length ? table(["figure", "value", "95% interval"],
      found.quality.map(({ name, value, low, high }) => [name, fixed(value),
        low === null || low === undefined ? "–" : `${fixed(low)} to ${fixed(high)}`]), [1]) : null);
  const traces = styles.flatMap(({ label, color, mark }) => {
    const { means, margins, count } = found.series.find((own) => own.label === label);
    const edge = (sign) => means.map((mean, layer) => mean + sign * margins[layer]);
    const band = { x: found.layers, mode: "lines", line: { width: 0 }, hoverinfo: "skip",
      showlegend: false };
    return [
      { ...band, y: edge(-1) },
      { ...band, y: edge(1), fill: "tonexty", fillcolor: color + "2e" },
      { x: found.layers, y: means, mode: "lines+markers", line: { color }, marker: { symbol: mark, size: 7 },
        name: `${escaped(named(label))} (${count})` },
    ];
  });
  Plotly.newPlot(plot, traces, layout({
    xaxis: { title: { text: "layer" }, zeroline: false }, yaxis: { title: { text: "mean cosine with d_harm" }, zeroline: false } }), plotOptions);
}

function sweep(file, chooseSetting) {
  const { metrics, windows, names, labels, cells } = file.sweep;
  const maps = el("div", { className: "row" });
  const draw = (choice) => {
    maps.replaceChildren();
    const { title, values, diverging, low, high } = metrics[choice];
    values.forEach((byCell, column) => {
      const plot = el("div", {});
      plot.style.width = `${Math.max(420, 46 * windows.length + 190)}px`;
      plot.style.height = `${26 * names.length + 120}px`;
      maps.append(plot);
      const z = names.map(() => windows.map(() => null));
      cells.forEach(({ row, column: place }, index) => { z[row][place] = byCell[index]; });
      Plotly.newPlot(plot, [{
        type: "heatmap", x: windows, y: names, z, zmin: low, zmax: high, xgap: 1, ygap: 1,
        colorscale: diverging ? "RdBu" : "YlGnBu", reversescale: !diverging,
        hovertemplate: `layers %{x}<br>%{y}<br>${escaped(title)} %{z:.3f}<extra></extra>`,
        texttemplate: windows.length <= 12 ? "%{z:.2f}" : "",
      }], layout({ title: { text: values.length > 1 ? escaped(labels[column]) : "all prompts",
        font: { size: 14 } }, margin: { l: 120, r: 10, t: 40, b: 50 },
        xaxis: { type: "category", title: { text: "layers" } },
        yaxis: { type: "category", autorange: "reversed" } }), plotOptions);
      plot.on("plotly_click", ({ points: [point] }) => {
        const index = cells.findIndex(({ row, column: place }) =>
          names[row] === point.y && windows[place] === point.x);
        if (index >= 0) chooseSetting(file, index);
      });
    });
  };
  section("Ablation and steering, layer by layer", file,
    el("p", { textContent: file.sweep.note }),
    el("div", { className: "controls" },
      el("label", {}, "metric", select(metrics.map(({ title }) => title), draw))),
    maps);
  draw(0);
}

// What an answer is: AnswerCodes of the file.
const kinds = ["answered", "refused", "broken"];

function kindTag(code) {
  return code === undefined || code === null ? null
    : el("span", { className: `tag ${kinds[code]}`, textContent: kinds[code] });
}

function refusals(file) {
  const { settings, labels } = file.refusals;
  const plot = el("div", { className: "wide" });
  plot.style.height = `${Math.max(220, 34 * settings.length * labels.length + 110)}px`;
  section("Refused prompts", file,
    el("p", { textContent: "Bars with Wilson's 95% interval. Broken answers (empty, looping, in another "
      + "script, improbable) are no refusals, and no answers." }), plot);
  const styles = labelStyles(labels);
  Plotly.newPlot(plot, styles.map(({ label, color }) => {
    const shares = settings.map(({ shares }) => shares.find((share) => share.label === label));
    return { type: "bar", orientation: "h", name: escaped(named(label)), marker: { color, opacity: 0.8 },
      y: settings.map(({ name }) => name), x: shares.map(({ rate }) => rate),
      customdata: shares.map(({ refused, broken, count }) => `${refused} of ${count}, ${broken} broken`),
      hovertemplate: "%{customdata}<extra></extra>",
      error_x: { type: "data", symmetric: false, color: "#1a1a1a", thickness: 1.3,
        array: shares.map(({ rate, high }) => high - rate),
        arrayminus: shares.map(({ rate, low }) => rate - low) } };
  }), layout({ barmode: "group", margin: { l: 150, r: 20, t: 34, b: 48 },
    xaxis: { range: [0, 1.02], tickformat: ".0%", title: { text: "refusal rate" } },
    yaxis: { type: "category", autorange: "reversed" } }), plotOptions);
}

const shades = ["#ffffe5", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#253494"];

function shade(cell, share) {
  const step = Math.max(0, Math.min(7, Math.round(share * 7)));
  cell.style.background = shades[step];
  cell.style.color = step > 5 ? "#fff" : "#1a1a1a";
}

function lensTable(names, columns, rows, limit) {
  return el("div", { className: "scroll" }, el("table", { className: "lens" },
    el("thead", {}, el("tr", {}, el("th", { className: "name", textContent: "layer" }),
      ...columns.map((text) => el("th", { textContent: text })))),
    el("tbody", {}, ...rows.map((cells, row) => el("tr", {},
      el("th", { className: "name", textContent: names[row] }),
      ...cells.map(({ token, value, more }) => {
        const cell = el("td", { textContent: token, title: more });
        shade(cell, value / limit);
        return cell;
      }))))));
}

function stateLens(file) {
  const { layers, ids, texts, tables, tokens, note } = file.lens;
  const place = el("div", {});
  const prompt = el("p", { className: "muted" });
  const draw = (choice) => {
    const { columns, cells, entropy } = tables[choice];
    prompt.textContent = texts[choice];
    const rows = cells.map((row, layer) => row.map((best, column) => ({
      token: best.length ? tokens[best[0]] : "", value: best[1] ?? 0,
      more: best.flatMap((entry, index) => index % 2 ? []
        : [`${tokens[entry]}  ${fixed(best[index + 1], 4)}`])
        .concat(`entropy ${fixed(entropy[layer][column], 2)} nats`).join("\n"),
    })));
    place.replaceChildren(
      lensTable([...layers].reverse().map(String), columns, rows.reverse(), 1));
  };
  section("Logit lens on prompts", file, el("p", { textContent: note }),
    el("div", { className: "controls" }, el("label", {}, "prompt", select(ids, draw))), prompt, place);
  draw(0);
}

function vectorLens(file) {
  const { names, promoted, suppressed } = file.vectorLens;
  const place = el("div", {});
  const draw = (choice) => {
    const rows = (choice ? suppressed : promoted).map((row) =>
      row.map(([token, value]) => ({ token, value: Math.abs(value), more: fixed(value) })));
    const limit = Math.max(...rows.flat().map(({ value }) => value), 1e-9);
    place.replaceChildren(lensTable(names, rows[0].map((_, rank) => String(rank + 1)), rows, limit));
  };
  section("Logit lens on the refusal vectors", file,
    el("p", { textContent: "Columns: place of the token. Shading: size of the score. ␣ is a space." }),
    el("div", { className: "controls" },
      el("label", {}, "tokens", select(["promoted", "suppressed"], draw))), place);
  draw(0);
}

// One row per prompt of a file, with all that its analyses say about it.
function answers(file) {
  const { prompts, settings } = file.answers;
  let setting = 0;
  let limit = 200;
  const search = el("input", { type: "search", placeholder: "search prompts and answers" });
  const labels = [...new Set(prompts.map(({ label }) => label))].sort();
  const labelBox = select(["all labels", ...labels.map(named)], () => draw());
  const settingBox = select(settings.map(({ name }) => name), (choice) => { setting = choice; draw(); });
  const count = el("span", { className: "muted", role: "status" });
  const more = el("button", { textContent: "show all" });
  const body = el("tbody", {});
  const has = (key) => prompts.some((prompt) => prompt[key] !== undefined && prompt[key] !== null);

  const answer = (text, code) => (text === undefined || text === null
    ? kindTag(code) : el("div", {}, kindTag(code), code === undefined ? "" : " ", text));
  const columns = [
    ["id", (prompt) => prompt.id, "whole"], ["label", (prompt) => named(prompt.label)],
    ["prompt", (prompt) => prompt.text ?? "–", "text"],
  ];
  if (has("score")) {
    columns.push(["score", (prompt) => fixed(prompt.score), "number"],
      ["taken for", (prompt) => (prompt.sigma === undefined ? "–" : prompt.sigma > 0 ? "unsafe" : "safe")]);
  }
  if (has("unsteered")) {
    columns.push(["steered towards", (prompt) => (prompt.sign === undefined ? "–" : prompt.sign > 0 ? "refusing" : "answering")],
      ["unsteered", (prompt) => answer(prompt.unsteered, prompt.unsteeredCode), "text"],
      ["steered", (prompt) => answer(prompt.steered, prompt.steeredCode), "text"]);
  }
  if (settings.length) {
    const at = (key) => (prompt) =>
      prompt.sweepRow === undefined || !settings[setting][key]
        ? undefined : settings[setting][key][prompt.sweepRow];
    columns.push(
      ["unchanged", (prompt) => answer(prompt.baseline, prompt.baselineCode), "text"],
      ["changed", (prompt) => answer(at("answers")(prompt), at("codes")(prompt)), "text"],
      ["log-odds before", (prompt) => fixed(prompt.baselineLogOdds, 2), "number"],
      ["after", (prompt) => fixed(at("logOdds")(prompt), 2), "number"],
      ["KL", (prompt) => fixed(at("kl")(prompt), 2), "number"]);
  }

  function matches(prompt, words) {
    const own = settings.length && prompt.sweepRow !== undefined
      ? settings[setting].answers?.[prompt.sweepRow] : "";
    const text = [prompt.id, prompt.text, prompt.unsteered, prompt.steered, prompt.baseline, own]
      .join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  }

  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const label = Number(labelBox.value);
    const found = prompts.filter((prompt) =>
      (label === 0 || prompt.label === labels[label - 1]) && matches(prompt, words));
    count.textContent = `${found.length} of ${prompts.length} prompts` +
      (found.length > limit ? `, the first ${limit} shown` : "");
    more.hidden = found.length <= limit;
    body.replaceChildren(...found.slice(0, limit).map((prompt) =>
      el("tr", {}, ...columns.map(([, content, kind]) => {
        const value = content(prompt);
        return el("td", { className: kind ?? "" }, value ?? "–");
      }))));
  }

  search.addEventListener("input", draw);
  more.addEventListener("click", () => { limit = Infinity; draw(); });
  section("Prompts and answers", file,
    el("div", { className: "controls" }, search, labels.length > 1 ? labelBox : null,
      settings.length ? el("label", {}, "changed by", settingBox) : null, count, more),
    el("div", { className: "scroll" }, el("table", { className: "answers" },
      el("thead", {}, el("tr", {}, ...columns.map(([name, , kind]) =>
        el("th", { textContent: name, className: kind === "number" ? kind : "" })))), body)));
  draw();
  const place = main.lastElementChild;
  file.chooseSetting = (index) => {
    setting = index;
    settingBox.value = index;
    draw();
    place.scrollIntoView({ behavior: "smooth" });
  };
}

// Shares of one trial with their intervals; of several the mean and the standard deviation.
function share({ rates, low, high, p, beside }, isFirst, isAverage, bands) {
  const known = rates.filter((rate) => rate !== null);
  if (!known.length) return "–";
  const percent = (value) => (100 * value).toFixed(1);
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const others = beside.filter((value) => value !== null);
  const other = others.reduce((sum, value) => sum + value, 0) / others.length;
  const isChance = bands.some(([least, most]) => least <= mean && mean <= most);
  const certain = (isChance ? " ~" : "") + (p.every((value) => value !== null && value < 0.05) && !isFirst ? " *" : "")
    + (isAverage ? `, paper ${percent(other)}%` : other > 0 ? `, ${percent(other)}% broken` : "");
  if (rates.length === 1) return `${percent(mean)}% [${percent(low[0])}, ${percent(high[0])}]${certain}`;
  const squares = known.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
  const spread = known.length > 1 ? ` ± ${percent(Math.sqrt(squares / (known.length - 1)))}` : "";
  return `${percent(mean)}%${spread}${certain}`;
}

function evaluation(file) {
  const { columns, rows, trials, answers: found } = file.evaluation;
  const rates = table(["method", ...columns, "Avg."],
    rows.flatMap(({ method, cells, controls }, row) => [
      [method, ...cells.map((cell, column) => share(cell, row === 0, column === columns.length,
        controls.map(({ low, high }) => [low[column], high[column]])))],
      ...controls.map(({ name, low, high }) => [`by chance: ${name}`, ...low.map((least, column) =>
        least === null ? "–" : `${(100 * least).toFixed(1)} to ${(100 * high[column]).toFixed(1)}%`)]),
    ]),
    [...columns, ""].map((_, column) => column + 1));
  rates.classList.add("rates");
  section("Evaluation", file,
    el("p", { textContent: "Prompts that are refused, " + (trials === 1
      ? "with Wilson's 95% interval" : `mean and standard deviation of ${trials} trials`) +
      "; Avg. is the share of all prompts that are treated right: answered if safe, refused if " +
      "unsafe. Broken answers (empty, looping, in another script, improbable) are neither; the " +
      "paper counts them as answers. A star: other than Default, p < 0.05 by McNemar's exact test on the same prompts" +
      (trials === 1 ? "." : " in every trial.") +
      (rows.some(({ controls }) => controls.length) ? " Under a method that steers stands what it does " +
        "by chance, with random directions as long as its vectors or with its signs shuffled among " +
        "the prompts (the middle 95%); ~ marks what is no other." : "") }),
    el("div", { className: "scroll" }, rates));
  if (found) evaluationAnswers(file, found);
}

function evaluationAnswers(file, { prompts, columns }) {
  const step = 100;
  let limit = step;
  const chosen = [0, Math.min(1, columns.length - 1)];
  const search = el("input", { type: "search", placeholder: "search prompts and answers" });
  const boxes = chosen.map((column, place) => {
    const box = select(columns.map(({ name }) => name), (choice) => { chosen[place] = choice; draw(); });
    box.value = column;
    return box;
  });
  const count = el("span", { className: "muted", role: "status" });
  const more = el("button", { textContent: "show more" });
  const body = el("tbody", {});
  const answer = (column, row) => {
    const code = columns[column].codes[row];
    return code === null ? "–" : el("div", {}, kindTag(code), " ", columns[column].answers[row]);
  };
  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = prompts.map((_, row) => row).filter((row) => {
      const { id, set, text } = prompts[row];
      const all = [id, set, text, ...chosen.map((column) => columns[column].answers[row])]
        .join("\n").toLowerCase();
      return words.every((word) => all.includes(word));
    });
    count.textContent = `${rows.length} of ${prompts.length} prompts` +
      (rows.length > limit ? `, the first ${limit} shown` : "");
    more.hidden = rows.length <= limit;
    body.replaceChildren(...rows.slice(0, limit).map((row) => {
      const { id, set, label, text } = prompts[row];
      return el("tr", {}, el("td", { textContent: `${set} ${id}` }), el("td", { textContent: label }),
        el("td", { className: "text", textContent: text }),
        ...chosen.map((column) => el("td", { className: "text" }, answer(column, row))));
    }));
  }
  search.addEventListener("input", draw);
  more.addEventListener("click", () => { limit += step; draw(); });
  main.lastElementChild.append(
    el("div", { className: "controls" }, search, el("label", {}, "answers of", boxes[0]),
      el("label", {}, "and", boxes[1]), count, more),
    el("div", { className: "scroll" }, el("table", { className: "answers" },
      el("thead", {}, el("tr", {}, ...["prompt", "label", "", "", ""].map((text) =>
        el("th", { textContent: text })))), body)));
  draw();
}

document.getElementById("origin").append(
  ...[...new Set(data.files.flatMap(({ groups }) => groups.map(({ model }) => model)))]
    .filter(Boolean).map((model) => el("p", { className: "muted", textContent: model })));
provenance();
for (const file of data.files) {
  if (file.tsne) embedding(file);
  if (file.classifier) classifier(file);
  if (file.vectorLens) vectorLens(file);
  if (file.lens) stateLens(file);
  if (file.sweep) sweep(file, (own, index) => own.chooseSetting?.(index));
  if (file.refusals) refusals(file);
  if (file.answers) answers(file);
  if (file.evaluation) evaluation(file);
}
