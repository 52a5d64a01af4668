import pytest

from gxview.models.loading import load_model


@pytest.fixture(scope="session")
def dnabert2(tiny_dnabert2_folder):
    return load_model(tiny_dnabert2_folder)


@pytest.fixture(scope="session")
def cnn(tiny_cnn_folder):
    return load_model(tiny_cnn_folder)


@pytest.fixture(scope="session", params=["dnabert2", "cnn"])
def model(request):
    """Both kinds of models, one after the other."""
    return request.getfixturevalue(request.param)
