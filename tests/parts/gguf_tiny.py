"""A language model of 471 KB with random weights: quick to generate, real enough for Ollama to serve."""

import argparse
from pathlib import Path
from typing import Final

import gguf
import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 64
FEED_FORWARD: Final = 128
BLOCKS: Final = 2
HEADS: Final = 4
CONTEXT: Final = 512
SEED: Final = 0

SPECIALS: Final = ("<unk>", "<s>", "</s>")
WORDS: Final = ("\u2581", "a", "e")
BYTE_VALUES: Final = 256
VOCABULARY: Final = len(SPECIALS) + BYTE_VALUES + len(WORDS)

CHAT_TEMPLATE: Final = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write_tiny_model(path: Path) -> None:
    """Write a complete llama-architecture GGUF file to `path`.

    The weights come from a fixed seed: the same library versions write the same bytes. Every byte is a token,
    so any prompt can be encoded; what the model answers is noise.
    """
    writer = gguf.GGUFWriter(path, "llama")
    try:
        _describe_architecture(writer)
        _add_tokenizer(writer)
        _add_weights(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _describe_architecture(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny-random")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(VOCABULARY)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_block_count(BLOCKS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)


def _add_tokenizer(writer: gguf.GGUFWriter) -> None:
    """Add a vocabulary of the special tokens, one token per byte value, and a few words to merge into."""
    kind = gguf.TokenType
    as_bytes = [f"<0x{value:02X}>" for value in range(BYTE_VALUES)]
    tokens = [*SPECIALS, *as_bytes, *WORDS]
    word_scores = [-float(rank) for rank in range(1, len(WORDS) + 1)]
    unmerged = len(SPECIALS) + BYTE_VALUES

    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([0.0] * unmerged + word_scores)
    writer.add_token_types(
        [kind.UNKNOWN, kind.CONTROL, kind.CONTROL, *[kind.BYTE] * BYTE_VALUES, *[kind.NORMAL] * len(WORDS)]
    )
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_chat_template(CHAT_TEMPLATE)


def _add_weights(writer: gguf.GGUFWriter) -> None:
    random = np.random.default_rng(SEED)

    def noise(*shape: int) -> NDArray[np.float32]:
        return (random.standard_normal(shape) * 0.05).astype(np.float32)

    def ones() -> NDArray[np.float32]:
        return np.ones(WIDTH, dtype=np.float32)

    writer.add_tensor("token_embd.weight", noise(VOCABULARY, WIDTH))
    writer.add_tensor("output_norm.weight", ones())
    writer.add_tensor("output.weight", noise(VOCABULARY, WIDTH))
    for block in range(BLOCKS):
        prefix = f"blk.{block}"
        writer.add_tensor(f"{prefix}.attn_norm.weight", ones())
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{prefix}.{part}.weight", noise(WIDTH, WIDTH))
        writer.add_tensor(f"{prefix}.ffn_norm.weight", ones())
        writer.add_tensor(f"{prefix}.ffn_gate.weight", noise(FEED_FORWARD, WIDTH))
        writer.add_tensor(f"{prefix}.ffn_up.weight", noise(FEED_FORWARD, WIDTH))
        writer.add_tensor(f"{prefix}.ffn_down.weight", noise(WIDTH, FEED_FORWARD))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the GGUF file to write")
    write_tiny_model(parser.parse_args().out)
