"""Writes small Hugging Face tokenizer folders of several kinds, with expected ids.

Each `folder-<kind>.json` holds `files`, name to content (`tokenizer.model` in base 64), and `cases`:
a text, its ids, and `plain`, the ids when special tokens are not parsed. `tokenizer.json` folders are
read by `tokenizers`, `tokenizer.model` folders by transformers' LlamaTokenizer.

    pip install tokenizers==0.23.3 transformers==5.23.0 sentencepiece==0.2.3 protobuf
    python make_pipeline_fixtures.py
"""

import base64
import io
import json
import pathlib
import random
import tempfile

import sentencepiece
import tokenizers
import transformers
from make_tokenizer_fixtures import LLAMA, SEED, cases, encode, training_text
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

assert transformers.__version__ == "5.23.0" and sentencepiece.__version__ == "0.2.3"
SIZE = 460
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PREPEND = {"type": "Prepend", "prepend": "▁"}
MARK = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
DECODER = {"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
    {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}


def metaspace(scheme, split):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def added(token_id, content, **flags):
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": token_id, "content": content, **plain, "special": True, **flags}


def texts(rng):
    parts = ["<s>", "</s>", "<|user|>", "<|end|>", "<tool>", "lamp", "a river", "▁", " ", "  ",
             "\n", "river", "stone", "it's", "12", "é", "水", "😀", "<0x0A>", "<unk>", "."]
    mixed = ["".join(rng.choices(parts, k=rng.randint(1, 8))) for _ in range(60)]
    return cases(rng)[::3] + mixed


def added_tokens(count):
    return [
        added(0, "<unk>"), added(1, "<s>"), added(2, "</s>", rstrip=True, normalized=True),
        added(count, "<|user|>", rstrip=True), added(count + 1, "<|end|>", lstrip=True),
        added(count + 2, "<tool>", special=False, normalized=True),
        added(count + 3, "lamp", special=False, single_word=True),
        added(count + 4, "a river", special=False, normalized=True, lstrip=True)]


def template():
    return {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                       {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}


def sentencepiece_like(strings=False, **steps):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=["<unk>", "<s>", "</s>", *BYTES], limit_alphabet=60,
        show_progress=False)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    tokenizer.train_from_iterator(training_text(random.Random(SEED)), trainer)
    state = json.loads(tokenizer.to_str())
    state.update({"normalizer": None, "pre_tokenizer": None, "decoder": DECODER, **steps})
    state["post_processor"] = template()
    state["added_tokens"] = added_tokens(len(state["model"]["vocab"]))
    if strings:
        state["model"]["merges"] = [" ".join(pair) for pair in state["model"]["merges"]]
    return state


def unigram(with_bytes, **steps):
    """The pieces of a BPE model with scores that fall with their rank.

    The library's trainer for unigram models gives others each time.
    """
    state = sentencepiece_like(**steps)
    vocab = sorted(state["model"]["vocab"], key=state["model"]["vocab"].get)
    pieces = [piece for piece in vocab if with_bytes or piece not in BYTES]
    scores = [0.0 if rank < 3 else -round(2 + 9 * rank / len(pieces), 2)
              for rank in range(len(pieces))]
    state["model"] = {"type": "Unigram", "unk_id": 0, "byte_fallback": with_bytes,
                      "vocab": [list(entry) for entry in zip(pieces, scores)]}
    state["added_tokens"] = added_tokens(len(pieces))
    return state


def byte_level():
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.Split(Regex(LLAMA), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=["<unk>", "<s>", "</s>"], show_progress=False)
    tokenizer.train_from_iterator(training_text(random.Random(SEED)), trainer)
    state = json.loads(tokenizer.to_str())
    state["decoder"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                        "use_regex": True}
    state["post_processor"] = {"type": "Sequence", "processors": [state["decoder"], template()]}
    state["added_tokens"] = added_tokens(len(state["model"]["vocab"]))
    return state


def from_model(legacy):
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(training_text(random.Random(SEED))), model_writer=buffer,
        vocab_size=SIZE, model_type="bpe", byte_fallback=True, character_coverage=0.98,
        normalization_rule_name="identity", remove_extra_whitespaces=False, num_threads=1,
        user_defined_symbols=["<tool>"], minloglevel=2)
    config = {"tokenizer_class": "LlamaTokenizer", "legacy": legacy, "bos_token": "<s>",
              "eos_token": {"content": "</s>", "lstrip": False, "rstrip": False,
                            "normalized": False, "single_word": False, "__type": "AddedToken"},
              "unk_token": "<unk>", "add_bos_token": True, "add_eos_token": False,
              "added_tokens_decoder": {str(SIZE): {"content": "<|user|>", "lstrip": False,
                                                   "normalized": False, "rstrip": True,
                                                   "single_word": False, "special": True}}}
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "tokenizer.model").write_bytes(buffer.getvalue())
        (pathlib.Path(folder) / "tokenizer_config.json").write_text(json.dumps(config))
        tokenizer = transformers.LlamaTokenizer.from_pretrained(folder)._tokenizer
    model = base64.b64encode(buffer.getvalue()).decode()
    return tokenizer, {"tokenizer.model": model, "tokenizer_config.json": json.dumps(config)}


def from_state(state):
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    return Tokenizer.from_str(text), {"tokenizer.json": text}


def kinds():
    yield "prepend", *from_state(sentencepiece_like(
        strings=True, normalizer={"type": "Sequence", "normalizers": [PREPEND, MARK]}))
    yield "first", *from_state(sentencepiece_like(pre_tokenizer=metaspace("first", False)))
    yield "split", *from_state(sentencepiece_like(
        normalizer=MARK, pre_tokenizer={"type": "Split", "pattern": {"String": "▁"},
                                        "behavior": "MergedWithPrevious", "invert": False}))
    yield "unigram", *from_state(unigram(False, pre_tokenizer=metaspace("always", True)))
    yield "unigram-bytes", *from_state(unigram(True, pre_tokenizer=metaspace("always", True)))
    yield "byte-level", *from_state(byte_level())
    yield "model", *from_model(False)
    yield "model-legacy", *from_model(True)


def main():
    folder = pathlib.Path(__file__).parent
    for kind, tokenizer, files in kinds():
        examples = [{"text": t, "ids": encode(tokenizer, t, False),
                     "plain": encode(tokenizer, t, True)} for t in texts(random.Random(SEED))]
        path = folder / f"folder-{kind}.json"
        content = json.dumps({"files": files, "cases": examples}, ensure_ascii=False,
                             separators=(",", ":"))
        path.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
