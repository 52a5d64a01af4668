# gxview: `make run` and `make test` are all you need; see README.md
PYTHON ?= python3
# Any build of torch: `make install TORCH_INDEX=https://download.pytorch.org/whl/cu128` takes a CUDA build
TORCH ?= torch==2.13.0
TORCH_INDEX ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test

.PHONY: run test install lint bench docs gallery session sample sample-report clean system-libraries
.DEFAULT_GOAL := run

run: $(RUN_STAMP)
	$(BIN)/gxview demo demo

test: $(TEST_STAMP)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

install: $(RUN_STAMP)

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The peers get an environment of their own (1.7 GB, PEERS_VENV); without it the table lacks them and says so
bench: $(TEST_STAMP)
	-TORCH="$(TORCH)" TORCH_INDEX="$(TORCH_INDEX)" $(BIN)/python -m benchmarks.peers.make_environment
	$(BIN)/python -m benchmarks

docs: $(TEST_STAMP)
	$(BIN)/python docs/make_figures.py

# Both need the folder ../shared/data; the second also Xvfb, xdotool, imagemagick and openbox
gallery: $(TEST_STAMP)
	$(BIN)/python docs/make_gallery.py

session: $(TEST_STAMP)
	$(BIN)/python docs/scripted_session.py

# Regenerates the embedded sample and trains its two models (about half an hour on two cores)
sample: $(RUN_STAMP)
	$(BIN)/python resources/make_sample.py

sample-report: $(RUN_STAMP)
	$(BIN)/gxview sample --report

clean:
	rm -rf $(VENV) demo build dist *.egg-info

system-libraries:
	@$(PYTHON) gxview/cli/system_libraries.py

# torch comes first and WITH its dependencies; everything else from the lock WITHOUT, because lxt's chain
# (open_clip_torch, torchvision) would replace torch by another build
$(RUN_STAMP): requirements.lock pyproject.toml setup.cfg | system-libraries
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -q $(TORCH) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	$(PIP) install -q --no-deps -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): requirements-test.lock $(RUN_STAMP)
	$(PIP) install -q --no-deps -r requirements-test.lock
	@touch $@
