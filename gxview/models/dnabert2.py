"""DNABERT-2 (Zhou et al. 2023, arXiv 2306.15006) with the official parameter names.

An encoder in the MosaicBERT form: ALiBi instead of position embeddings, one matrix for query, key and value, a gated
linear unit as MLP, LayerNorm after every residual sum. Sequences stay padded; the official code removes padding first,
which gives the same numbers for real tokens.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling, MaskedLMOutput, SequenceClassifierOutput

from gxview.errors import GxviewError
from gxview.models.alibi import attention_bias
from gxview.models.ops import PLAIN, Ops


class DNABert2Config(PreTrainedConfig):  # type: ignore[misc]  # transformers carries no usable types
    """Sizes of a DNABERT-2 network; fields and defaults of the official ``config.json``."""

    model_type = "dnabert2"

    vocab_size: int = 4096
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.0
    classifier_dropout: float | None = None
    layer_norm_eps: float = 1e-12
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    tie_word_embeddings: bool = True


class Linear(nn.Linear):
    """A linear layer whose multiplication is done by the operations of the call."""

    def apply_ops(self, x: Tensor, ops: Ops) -> Tensor:
        """``x @ weight.T + bias`` for x of shape (..., in_features)."""
        return ops.linear(x, self.weight, self.bias)


class LayerNorm(nn.LayerNorm):
    """A LayerNorm over the last axis, done by the operations of the call."""

    def apply_ops(self, x: Tensor, ops: Ops) -> Tensor:
        """Normalise x of shape (..., hidden)."""
        return ops.layer_norm(x, self.weight, self.bias, self.eps)


class Embeddings(nn.Module):
    """Word and token-type embeddings, LayerNorm, dropout."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        # No padding_idx: the official code freezes row 0 with it, which is [UNK], not [PAD].
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = config.hidden_dropout_prob

    def forward(self, words: Tensor, ops: Ops) -> Tensor:
        """Embed: words (B, S, hidden) are rows of the word embedding; every token is of type 0."""
        hidden = self.LayerNorm.apply_ops(words + self.token_type_embeddings.weight[0], ops)
        return ops.dropout(hidden, self.dropout, self.training)


class SelfAttention(nn.Module):
    """Multi-head self-attention up to the concatenated heads."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.Wqkv = Linear(config.hidden_size, 3 * config.hidden_size)
        self.dropout = config.attention_probs_dropout_prob

    def forward(self, hidden: Tensor, bias: Tensor, ops: Ops) -> Tensor:
        """Attend: hidden (B, S, hidden), bias (1 or B, heads, S, S)."""
        batch, length, width = hidden.shape
        qkv = self.Wqkv.apply_ops(hidden, ops).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        context = ops.attention(query, key, value, bias, self.dropout if self.training else 0.0)
        return context.transpose(1, 2).reshape(batch, length, width)


class AttentionOutput(nn.Module):
    """Projection of the heads, residual sum and LayerNorm."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.dense = Linear(config.hidden_size, config.hidden_size)
        self.LayerNorm = LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = config.hidden_dropout_prob

    def forward(self, context: Tensor, residual: Tensor, ops: Ops) -> Tensor:
        """Project context (B, S, hidden) and add the residual."""
        projected = ops.dropout(self.dense.apply_ops(context, ops), self.dropout, self.training)
        return self.LayerNorm.apply_ops(projected + residual, ops)


class Attention(nn.Module):
    """The attention half of a layer."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.self = SelfAttention(config)
        self.output = AttentionOutput(config)

    def forward(self, hidden: Tensor, bias: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to the same shape."""
        output: Tensor = self.output(self.self(hidden, bias, ops), hidden, ops)
        return output


class GatedMLP(nn.Module):
    """The gated linear unit half of a layer."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.gated_layers = Linear(config.hidden_size, 2 * config.intermediate_size, bias=False)
        self.wo = Linear(config.intermediate_size, config.hidden_size)
        self.layernorm = LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = config.hidden_dropout_prob

    def forward(self, hidden: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to the same shape; the first half of the gated columns passes through GELU."""
        gate, value = self.gated_layers.apply_ops(hidden, ops).chunk(2, dim=-1)
        product = ops.dropout(ops.gated(gate, value), self.dropout, self.training)
        return self.layernorm.apply_ops(self.wo.apply_ops(product, ops) + hidden, ops)


class Layer(nn.Module):
    """One encoder layer."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.mlp = GatedMLP(config)

    def forward(self, hidden: Tensor, bias: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to the same shape."""
        output: Tensor = self.mlp(self.attention(hidden, bias, ops), ops)
        return output


class Encoder(nn.Module):
    """The stack of layers."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.layer = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))

    def forward(self, hidden: Tensor, bias: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to the same shape."""
        for layer in self.layer:
            hidden = layer(hidden, bias, ops)
        return hidden


class Pooler(nn.Module):
    """Dense layer and tanh on the [CLS] row."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.dense = Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to (B, hidden)."""
        return ops.tanh(self.dense.apply_ops(hidden[:, 0], ops))


class DNABert2PreTrainedModel(PreTrainedModel):  # type: ignore[misc]
    """Loading, saving and initialisation shared by the networks below."""

    config_class = DNABert2Config
    base_model_prefix = "bert"
    _supports_sdpa = True

    def __init__(self, config: DNABert2Config) -> None:
        _check(config)
        super().__init__(config)


class DNABert2Model(DNABert2PreTrainedModel):
    """The encoder, with or without the pooler."""

    def __init__(self, config: DNABert2Config, add_pooling_layer: bool = True) -> None:
        super().__init__(config)
        self.embeddings = Embeddings(config)
        self.encoder = Encoder(config)
        self.pooler = Pooler(config) if add_pooling_layer else None
        self.post_init()

    def get_input_embeddings(self) -> nn.Embedding:
        """Word embeddings (transformers uses this to tie weights)."""
        return self.embeddings.word_embeddings

    def set_input_embeddings(self, value: nn.Embedding) -> None:
        """Replace the word embeddings."""
        self.embeddings.word_embeddings = value

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        ops: Ops = PLAIN,
        **_: Any,
    ) -> BaseModelOutputWithPooling:
        """Encode a padded batch.

        Parameters
        ----------
        input_ids
            (B, S) token ids; or None when ``inputs_embeds`` is given.
        attention_mask
            (B, S), 1 for real tokens; None when nothing is padded.
        inputs_embeds
            (B, S, hidden) rows of the word embedding.
        ops
            Operations of this call.

        Returns
        -------
        BaseModelOutputWithPooling
            ``last_hidden_state`` (B, S, hidden), without meaning at padding; ``pooler_output`` (B, hidden) or None.
        """
        words = self.embeddings.word_embeddings(input_ids) if inputs_embeds is None else inputs_embeds
        bias = attention_bias(self.config.num_attention_heads, words.shape[1], attention_mask, words)
        hidden = self.encoder(self.embeddings(words, ops), bias, ops)
        pooled = None if self.pooler is None else self.pooler(hidden, ops)
        return BaseModelOutputWithPooling(last_hidden_state=hidden, pooler_output=pooled)


class DNABert2ForSequenceClassification(DNABert2PreTrainedModel):
    """DNABERT-2 with a linear classifier on the pooled [CLS] row (``config.num_labels`` >= 1 logits)."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__(config)
        self.bert = DNABert2Model(config)
        dropout = config.classifier_dropout
        self.dropout = config.hidden_dropout_prob if dropout is None else dropout
        self.classifier = Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        ops: Ops = PLAIN,
        **_: Any,
    ) -> SequenceClassifierOutput:
        """Classify a padded batch; arguments as in `DNABert2Model.forward`; ``logits`` is (B, num_labels)."""
        output = self.bert(input_ids, attention_mask, inputs_embeds, ops)
        pooled = ops.dropout(output.pooler_output, self.dropout, self.training)
        return SequenceClassifierOutput(logits=self.classifier.apply_ops(pooled, ops))


class PredictionTransform(nn.Module):
    """Dense layer, GELU and LayerNorm before the vocabulary."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.dense = Linear(config.hidden_size, config.hidden_size)
        self.LayerNorm = LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, hidden: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to the same shape."""
        return self.LayerNorm.apply_ops(ops.gelu(self.dense.apply_ops(hidden, ops)), ops)


class Predictions(nn.Module):
    """Logits over the vocabulary; the decoder's matrix is the word embedding."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.transform = PredictionTransform(config)
        self.decoder = Linear(config.hidden_size, config.vocab_size)

    def forward(self, hidden: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to (B, S, vocab)."""
        return self.decoder.apply_ops(self.transform(hidden, ops), ops)


class MaskedLMHead(nn.Module):
    """Gives the predictions their official prefix, ``cls.predictions``."""

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__()
        self.predictions = Predictions(config)

    def forward(self, hidden: Tensor, ops: Ops) -> Tensor:
        """Map hidden (B, S, hidden) to (B, S, vocab)."""
        output: Tensor = self.predictions(hidden, ops)
        return output


class DNABert2ForMaskedLM(DNABert2PreTrainedModel):
    """DNABERT-2 with the masked-language-model head of its pre-training."""

    _tied_weights_keys = {"cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight"}  # noqa: RUF012

    def __init__(self, config: DNABert2Config) -> None:
        super().__init__(config)
        self.bert = DNABert2Model(config, add_pooling_layer=False)
        self.cls = MaskedLMHead(config)
        self.post_init()

    def get_output_embeddings(self) -> Linear:
        """Return the decoder, whose matrix is tied to the word embeddings."""
        return self.cls.predictions.decoder

    def set_output_embeddings(self, value: Linear) -> None:
        """Replace the decoder."""
        self.cls.predictions.decoder = value

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        ops: Ops = PLAIN,
        **_: Any,
    ) -> MaskedLMOutput:
        """Score the vocabulary at every token; arguments as in `DNABert2Model.forward`; ``logits`` is (B, S, vocab)."""
        output = self.bert(input_ids, attention_mask, inputs_embeds, ops)
        return MaskedLMOutput(logits=self.cls(output.last_hidden_state, ops))


def _check(config: DNABert2Config) -> None:
    """Refuse sizes with which the network would be another one than its configuration says."""
    if config.hidden_size % config.num_attention_heads:
        raise GxviewError(
            f"config.json: hidden_size {config.hidden_size} is not a multiple of "
            f"num_attention_heads {config.num_attention_heads}; correct one of the two."
        )
    if config.hidden_act != "gelu":
        raise GxviewError(
            f"config.json: hidden_act is {config.hidden_act!r}, but DNABERT-2 uses 'gelu'; "
            "this is not a DNABERT-2 checkpoint."
        )
