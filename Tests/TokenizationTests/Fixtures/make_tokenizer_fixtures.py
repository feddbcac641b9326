"""Writes one small trained tokenizer per pre-tokenizer family, with expected ids.

Each `<family>.json` holds `tokens`, `types` and `merges` as GGUF stores them, and `cases`: a text,
its ids by Hugging Face's `tokenizers`, and `plain`, the ids when control tokens are not parsed.

    pip install tokenizers==0.23.3
    python make_tokenizer_fixtures.py
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

assert tokenizers.__version__ == "0.23.3"
SEED = 20
VOCABULARY_SIZE = 700
CONTROL = ["<|end|>", "<|start|>", "<|st"]
USER_DEFINED = ["<tool>", "<tool>>", "  \n"]
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA = (
    CONTRACTIONS
    + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CAPITAL, SMALL = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
# What llama.cpp does where it knows no rule: four patterns one after another.
DEFAULT = [
    r"[\p{P}\$\+<=>\^~\|]+",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)",
    r"\p{N}+",
    r"[0-9][0-9][0-9]",
]
WHOLE_WORDS = ["llama-bpe", "tekken"]
ByteLevel = pre_tokenizers.ByteLevel


def cased(number, ending):
    before = r"[^\r\n\p{L}\p{N}]?"
    return (
        f"{before}{CAPITAL}*{SMALL}+{ending}|{before}{CAPITAL}+{SMALL}*{ending}|{number}"
        + r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )


def split(*patterns):
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated", invert=False) for pattern in patterns]
        + [ByteLevel(add_prefix_space=False, use_regex=False)])


def pre_tokenizer(family):
    whole = ByteLevel(add_prefix_space=False, use_regex=True)
    return {
        "gpt-2": whole,
        "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), whole]),
        "llama-bpe": split(LLAMA),
        "qwen2": split(LLAMA.replace(r"\p{N}{1,3}", r"\p{N}")),
        "tekken": split(cased(r"\p{N}", "")),
        "gpt-4o": split(cased(r"\p{N}{1,3}", CONTRACTIONS + "?")),
        "default": split(*DEFAULT),
    }[family]


def training_text(rng):
    words = (
        "river stone lantern bridge it's we'll they're don't walking walked walker quiet quietly "
        "éclair naïve café Straße größer вода рыба ψυχή νερό 水 山水 말 말씀 שלום سلام नमस्ते 12 345 "
        "2024 1999 3.14 == -> // !! ... snake_case HTTPServer <|x|> 😀 👍🏽"
    ).split()
    ends = [". ", ", ", "\n", "\n\n", "  ", " - ", "\t", "? ", ") ("]
    return ["".join(rng.choice(words) + rng.choice([" "] * 6 + ends) for _ in range(30))
            for _ in range(300)]


def white_space():
    return [0x9, 0xA, 0xB, 0xC, 0xD, 0x1C, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x200A,
            0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF]


def cases(rng):
    texts = [
        "", " ", "\n", "\r\n", "\0", "a\0b", "it's we'll DON'T 'S 'ſ 'x", "1 12 123 1234 12345",
        "٣٤٥ ⅣⅫ ½ ①② 𝟘𝟙 〇", "\U0001ccf0\U00011f50\U0001e4f0 \U00010d40a", "a\U00031350b \U000113a2x",
        "HTTPServer/ path//to/x/\n camelCase ÉcoleNationale ǅabc It'S THEY'RE x'd $$x^2~|y <=> a$b",
        "👨\u200d👩\u200d👧 🇩🇪🇫🇷 👍🏽", "水山水 말씀 \u1100\u1161\u11a8 שלום سلام नमस्ते",
        "e\u0301 q\u0323\u0307 \u212b \u0344 \uac00\u11a8 \u0f73 \u0958", "Z" + "\u0301\u0323" * 20,
        "\u0328\U00010041\u0301 \uac16\u1113\u116f", "\ue000\U0010ffff\ufffd\ud7ff",
        "<|start|>user\nriver<|end|>", "<|sta", "<|st|>", "<<|end|>>", "<tool><tool>>tool>",
        "a  \n b   \nc", "it<|end|>'s", "12<|end|>34  <tool> 5", "e<|end|>\u0301", "zqxj zqxj",
    ]
    for code in white_space():
        c = chr(code)
        texts += [f"a{c}b {c}c{c}{c}d{c}1 {c}", f"{c}!{c}\n{c}{c}'s{c}{c}22{c}"]
    pools = [range(0x20, 0x7F), [0x20, 0x27, 0x73, 0x54, 0x0A, 0x0D, 0x31, 0x21], white_space(),
             range(0xA0, 0x250), range(0x300, 0x340), range(0x1100, 0x1200), range(0x4E00, 0x4F00),
             range(0x1F600, 0x1F640), range(0x660, 0x66A), range(0x900, 0x980)]
    for _ in range(60):
        parts = (rng.choices(rng.choice(pools), k=rng.randint(1, 7)) for _ in range(4))
        texts.append("".join(chr(code) for part in parts for code in part))
    return texts


def build(family):
    rng = random.Random(SEED)
    tokenizer = Tokenizer(models.BPE(ignore_merges=family in WHOLE_WORDS))
    tokenizer.pre_tokenizer = pre_tokenizer(family)
    if family == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE, initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False)
    tokenizer.train_from_iterator(training_text(rng), trainer)
    if family in WHOLE_WORDS:
        # A word that no merge makes, so that taking words whole shows.
        state = json.loads(tokenizer.to_str())
        state["model"]["vocab"]["Ġzqxj"] = len(state["model"]["vocab"])
        tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in CONTROL])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in USER_DEFINED])
    return tokenizer, cases(rng)


def encode(tokenizer, text, plain):
    tokenizer.encode_special_tokens = plain
    return tokenizer.encode(text, add_special_tokens=False).ids


def main():
    folder = pathlib.Path(__file__).parent
    for family in ["gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o", "default"]:
        tokenizer, texts = build(family)
        vocabulary = tokenizer.get_vocab(with_added_tokens=True)
        tokens = sorted(vocabulary, key=vocabulary.get)
        merges = json.loads(tokenizer.to_str())["model"]["merges"]
        fixture = {
            "tokens": tokens,
            "types": [3 if t in CONTROL else 4 if t in USER_DEFINED else 1 for t in tokens],
            "merges": [" ".join(pair) for pair in merges],
            "cases": [{"text": t, "ids": encode(tokenizer, t, False),
                       "plain": encode(tokenizer, t, True)} for t in texts],
        }
        path = folder / f"{family}.json"
        path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
