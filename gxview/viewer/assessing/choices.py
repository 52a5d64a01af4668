"""What a person chooses in the panels MIT, Probe, Variants and Training; kept with the settings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


def _text(title: str, about: str, none: str = "") -> Any:
    return Field(default="", title=title, description=about, json_schema_extra={"none": none})


def _count(title: str, default: int | None, low: int, high: int, about: str, none: str = "") -> Any:
    return Field(default, ge=low, le=high, title=title, description=about, json_schema_extra={"none": none})


def _some(title: str, about: str, default: tuple[Any, ...] = ()) -> Any:
    return Field(default=default, title=title, description=about)


class Choices(BaseModel):
    """Choices of one panel; frozen, so that another choice is another object. Empty texts stand for none."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class MitChoices(Choices):
    """The Mechanistic Invariance Test."""

    scorers: tuple[str, ...] = _some(
        "Biophysical", "Models that hold the grammar of promoters themselves", ("pa-pwm", "rpa-pwm", "thermodynamic")
    )
    models: tuple[str, ...] = _some("Models", "Models under test")
    sequences: str = _text("Sequences", "FASTA or CSV in the layout of the test", "The built-in 650")
    natural: str = _text("Natural promoters", "Table of promoters, cut from the open genome", "None")
    methods: tuple[str, ...] = _some("Explanations", "Methods that are put to the test too; none: no such test")
    seed: int = _count("Seed", 42, 0, 10**6, "Of the sequences and of everything random")
    draws: int = _count("Draws", 1, 1, 100, "Draws of the sequences over which CSS and SCR are averaged")


class ProbeChoices(Choices):
    """What embeddings hold."""

    data: str = _text("Data", "CSV or TSV with a column of sequences and one or more of labels", "Choose a table")
    labels: tuple[str, ...] = _some("Labels", "Columns of labels: classes or measurements")
    models: tuple[str, ...] = _some("Models", "Models whose embeddings are probed")
    layers: str = _text("Layers", "Numbers parted by commas; 0 the words, -1 the last", "The last")
    pools: tuple[str, ...] = _some("Pooling", "What is taken of a layer", ("cls", "mean"))
    heads: tuple[str, ...] = _some("Heads", "What is fitted on the embeddings", ("ridge",))
    split: str = Field(default="auto", title="Split", description="How training, validation and test are parted")
    seeds: int = _count("Repetitions", 3, 1, 100, "Each with parts, subsets and first weights of its own")
    fractions: str = _text("Data shares", "Such as 0.1, 0.3, 1: a curve over the size of the data", "All of it")
    limit: int | None = _count(
        "Limit", None, 10, 10**8, "Sequences at most; of more they are drawn by the seed", "All sequences"
    )


class VariantChoices(Choices):
    """Effects of variants."""

    vcf: str = _text("Variants", "VCF or BCF", "Choose a file")
    model: str = Field(default="", title="Model", description="What is asked")
    scores: tuple[str, ...] = _some("Scores", "None checked: what suits the model")
    strand: Literal["both", "+", "-"] = Field(default="both", title="Strands")
    offsets: str = _text("Offsets", "Places of the variant in the window, averaged, such as -16, 0, 16", "Usual")
    window: int | None = _count("Window", None, 2, 10**6, "Bases around the variant", "As trained")


class TrainChoices(Choices):
    """A training."""

    kind: Literal["cnn", "dnabert2"] = Field(default="cnn", title="Kind")
    start_from: str = Field(default="", title="From", description="Model that training starts from")
    mode: Literal["full", "lora"] = Field(default="full", title="Weights", description="All of them, or LoRA")
    data: str = _text("Data", "CSV with the columns sequence and label(s)", "Choose a table")
    validation: str = _text("Validation", "CSV for validation, instead of a share", "A share")
    test: str = _text("Test", "CSV for the final test", "None")
    task: Literal["classification", "regression", "multi-label"] = Field(default="classification", title="Task")
    labels: str = _text("Labels", "Columns of the labels, parted by commas", "label")
    epochs: int | None = _count("Epochs", None, 1, 10**5, "Most passes over the data", "Usual")
    batch_size: int | None = _count("Batch", None, 1, 10**5, "Sequences of a step", "Usual")
    learning_rate: str = _text("Learning rate", "Such as 3e-5", "Usual")
    patience: int | None = _count("Patience", None, 1, 10**5, "Epochs without improvement before stopping", "Usual")
    balanced: bool = Field(default=False, title="Balance classes")
    reverse_complement: bool = Field(default=False, title="Show other strand too")
    folds: int | None = _count("Folds", None, 2, 100, "Cross-validation: one model for each", "None")
    ensemble: int | None = _count("Ensemble", None, 2, 100, "Models of different seeds", "None")
    name: str = _text("Name", "What the model is called", "That of the folder")
    seed: int = _count("Seed", 42, 0, 10**6, "Of everything random")
