"""Writes tiny-chat.gguf and deep-chat.gguf in this folder; see README.md for versions and how to run."""

from pathlib import Path

import gguf
import numpy as np

HERE = Path(__file__).parent
SEED = 20240917
D_MODEL, N_HEADS, D_MLP = 16, 2, 24

# In the order of their ids, which begin at 0; the first is BOS, the third EOS.
CONTROL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["Ġ t", "h e", "Ġt he", "i n", "o u", "Ġ a", "Ċ Ċ", "Ġ k", "i l", "Ġk il", "Ġkil l"]

# The comment has the length of "{{ bos_token }}", which tests put in its place.
CHAT_TEMPLATE = (
    "{# BOS: here #}"
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_alphabet():
    """The character that byte-level BPE writes for each byte, in the order of the bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable}
    table.update({byte: chr(0x100 + index) for index, byte in enumerate(others)})
    return [table[byte] for byte in range(256)]


def add_tokenizer(writer):
    merged = [merge.replace(" ", "") for merge in MERGES]
    tokens = CONTROL_TOKENS + byte_alphabet() + merged
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([control] * 3 + [normal] * (len(tokens) - 3))
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    return len(tokens)


def add_weights(writer, d_vocab, n_layers):
    rng = np.random.default_rng(SEED)

    def add(name, *shape):
        writer.add_tensor(name, rng.normal(0, 0.3, shape).astype(np.float16))

    def add_norm(name):
        writer.add_tensor(name, rng.normal(1, 0.1, D_MODEL).astype(np.float32))

    add("token_embd.weight", d_vocab, D_MODEL)
    for layer in range(n_layers):
        block = f"blk.{layer}."
        add_norm(block + "attn_norm.weight")
        for name in ["attn_q", "attn_k", "attn_v", "attn_output"]:
            add(f"{block}{name}.weight", D_MODEL, D_MODEL)
        add_norm(block + "ffn_norm.weight")
        add(block + "ffn_gate.weight", D_MLP, D_MODEL)
        add(block + "ffn_up.weight", D_MLP, D_MODEL)
        add(block + "ffn_down.weight", D_MODEL, D_MLP)
    add_norm("output_norm.weight")


def tiny_chat(path, n_layers, n_ctx):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny Chat")
    writer.add_block_count(n_layers)
    writer.add_context_length(n_ctx)
    writer.add_embedding_length(D_MODEL)
    writer.add_feed_forward_length(D_MLP)
    writer.add_head_count(N_HEADS)
    writer.add_head_count_kv(N_HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(D_MODEL // N_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    d_vocab = add_tokenizer(writer)
    writer.add_vocab_size(d_vocab)
    add_weights(writer, d_vocab, n_layers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    assert np.__version__ == "2.4.6", np.__version__
    tiny_chat(HERE / "tiny-chat.gguf", n_layers=2, n_ctx=128)
    tiny_chat(HERE / "deep-chat.gguf", n_layers=4, n_ctx=2048)
