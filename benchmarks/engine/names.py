"""Names and sizes of the models that are made for measuring."""

SAMPLE_WINDOW = 120
BASE, BASE_WINDOW = "random-12x768", 300
TINY, TINY_WINDOW = "tiny-cnn", 2000
VOCABULARY, SPECIAL = 4096, 5
