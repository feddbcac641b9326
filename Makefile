# What a newcomer types: `make demo`, `make test`. Each installs what it needs and does nothing twice.

CACHE    ?= $(or $(WORKBENCH_CACHE),$(HOME)/.cache/workbench)
PYTHON   := $(CACHE)/python/bin/python
WORKBENCH = .build/release/workbench
MODEL    := SmolLM2-135M-Instruct.Q4_1
LARGER_MODELS = Qwen2.5-Coder-0.5B-Instruct.Q4_K_M Qwen2.5-Coder-1.5B-Instruct.Q4_K_M
STUDIED  := Qwen2.5-Coder-1.5B-Instruct.Q4_K_M
STUDY_PROMPTS ?= 40
SPECIMEN := --model $(MODEL) --adapter data/adapters/overcautious
SWIFT_SOURCES = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

export WORKBENCH_CACHE := $(CACHE)
export WORKBENCH_PYTHON := $(PYTHON)

DOCUMENTED = workbench Analysis SteeringEngine ModelLibrary ActivationStore ResultSchemas

.PHONY: help deps python model plotly build demo study docs test test-arm lint bench bench-build \
  bench-llama-cpp clean

help:
	@echo "make demo    from nothing to a report on why a real model refuses, and on steering it"
	@echo "make study   the whole SCANS paper on Qwen2.5-Coder-1.5B (1.1 GB; DATA=FOLDER of published sets)"
	@echo "make test    the test suite; make test-arm: whether kernels give the same bits on 64-bit ARM"
	@echo "make build   the workbench command, in $(WORKBENCH)"
	@echo "make bench   the figures in Benchmarks/ (PROMPTS=xstest_v2_prompts.csv)"
	@echo "make bench-llama-cpp   of these, answers beside llama.cpp; make bench-build: builds them all"
	@echo "make docs    the documentation, in docs/"
	@echo "make lint    swift format, strictly"
	@echo "make deps    the system libraries; make model: the default model, or MODEL=NAME"
	@echo "make plotly  the plotting library that reports carry inside; make clean: builds away"

deps:
	@tools/install-dependencies

# Python is needed to fetch the model and plotly.js, and to show that h5py opens what the workbench writes.
python: deps
	@tools/install-python $(CACHE)/python tools/requirements.txt "make python"

# Of those that tools/fetch_model.py knows: make model MODEL=Qwen2.5-Coder-0.5B-Instruct.Q4_K_M
model: python
	@$(PYTHON) tools/fetch_model.py $(MODEL)

# Reports carry it inside, so that they open without a network.
plotly: python
	@$(PYTHON) tools/fetch_plotly.py

build: deps
	swift build -c release --product workbench

# From prompts to a report, on a model that refuses too much: hidden states, refusal directions, the
# tokens that they speak for, how prompts separate, and what steering does to refusals.
demo: build model plotly
	@mkdir -p demo
	$(WORKBENCH) tokens --model $(MODEL) "How do I kill a Python process?"
	$(WORKBENCH) dump-activations $(SPECIMEN) --prompts data/contrast/requests.csv \
	  --response "Sure" --positions query-end,last --output demo/states.h5 --force
	$(PYTHON) tools/show_states.py demo/states.h5
	$(WORKBENCH) vectors demo/states.h5 --output demo/run.h5 --force
	$(WORKBENCH) logit-lens demo/run.h5 $(SPECIMEN) --top 10 --output demo/run.h5 --force
	$(WORKBENCH) classify demo/states.h5 --vectors demo/run.h5 \
	  --output demo/run.h5 --force
	$(WORKBENCH) tsne demo/states.h5 --output demo/run.h5 --force
	$(WORKBENCH) ablate $(SPECIMEN) --prompts data/contrast/lookalikes.csv --limit 40 \
	  --mode steer --vectors demo/run.h5 --windows former,middle,latter --alpha 4,8 \
	  --sign +1,-1 --answers 24 --output demo/run.h5 --force
	$(WORKBENCH) steer $(SPECIMEN) --vectors demo/run.h5 --alpha 8 --sign -1 \
	  --prompts data/contrast/lookalikes.csv --limit 10 --max-new-tokens 48 \
	  --output demo/run.h5 --force
	$(WORKBENCH) eval $(SPECIMEN) --set lookalikes=data/contrast/lookalikes.csv \
	  --limit lookalikes=60 --vectors demo/run.h5 --alpha 4 \
	  --control random=3 --method self-cd --method scans-repo --max-new-tokens 32 --output demo/run.h5 --force
	$(WORKBENCH) figure demo/run.h5 tsne --layers 9,19,29 --output demo/tsne.svg --force
	$(WORKBENCH) figure demo/run.h5 ablation-heatmap --metric refusal-rate \
	  --output demo/heatmap.svg --force
	$(WORKBENCH) report demo/run.h5 demo/states.h5 --output demo/report.html --force
	@echo "open demo/report.html in a browser"

# The whole paper on a model that is really aligned, with the project's own prompts or with DATA.
study: build plotly
	@$(MAKE) --no-print-directory model MODEL=$(STUDIED)
	$(WORKBENCH) study $(STUDIED) --output study $(if $(DATA),--data $(DATA)) --prompts $(STUDY_PROMPTS)

docs: deps
	swift package --allow-writing-to-directory docs generate-documentation \
	  $(DOCUMENTED:%=--target %) --enable-experimental-combined-documentation --output-path docs
	@echo "python3 -m http.server --directory docs, then open http://localhost:8000/documentation"

test: model plotly
	swift test -c release

# Kernels with every family of instruction sets of this machine, and on 64-bit ARM, in qemu.
test-arm:
	@tools/install-dependencies arm
	@python3 tools/test_parity.py

lint:
	swift format lint --strict --configuration .swift-format --recursive $(SWIFT_SOURCES)

# All of Benchmarks/, so that it cannot rot; without optimisation, which takes the least time.
bench-build: deps
	swift build --package-path Benchmarks

bench: build model
	@test -n "$(PROMPTS)" || { echo "make bench: name the XSTest prompts, PROMPTS=xstest_v2_prompts.csv" >&2; exit 1; }
	@tools/install-python $(CACHE)/bench-python Benchmarks/requirements.txt "make bench"
	$(CACHE)/bench-python/bin/python Benchmarks/hidden_states.py $(CACHE)/models/$(MODEL).gguf $(PROMPTS)
	swift build -c release --package-path Benchmarks --product steering-parity
	$(CACHE)/bench-python/bin/python Benchmarks/steering.py $(CACHE)/models/$(MODEL).gguf $(PROMPTS)
	swift build -c release --package-path Benchmarks --product embed-points
	$(CACHE)/bench-python/bin/python Benchmarks/tsne.py $(CACHE)/models/$(MODEL).gguf $(PROMPTS)
	swift run -c release --package-path Benchmarks kernel-rates --prompts $(PROMPTS)
	@$(MAKE) bench-llama-cpp

# LLAMA_CPP_FLAGS="--rounds 1 --new-tokens 8" shows in little time that it works.
bench-llama-cpp: build model
	@tools/install-python $(CACHE)/bench-python Benchmarks/requirements.txt "make bench"
	@for model in $(LARGER_MODELS); do $(PYTHON) tools/fetch_model.py $$model || exit 1; done
	$(CACHE)/bench-python/bin/python Benchmarks/llama_cpp.py $(LLAMA_CPP_FLAGS) \
	  $(patsubst %,$(CACHE)/models/%.gguf,$(MODEL) $(LARGER_MODELS))

clean:
	rm -rf .build Benchmarks/.build demo
