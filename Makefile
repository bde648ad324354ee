# make train   train LeNet on the bundled digits        make test       the tests, without the slow ones
# make lint    ruff: rules and format                   make test-all   all tests
# make types   mypy, and how many types are known       make bench      times beside other libraries: docs/performance.md
# make sizes   megabytes installed                      make docs       the documentation, in site/ (open site/index.html)
# make mutants how many seeded faults the tests find    make random-order SEEDS=20    the tests in so many random orders
# make clean   remove .venv and what was built          make soak      the long checks of reliability, with figures
#
# PYTHON=python3.12 chooses the interpreter that .venv is made with (make clean first, to change it).

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# The tests start hundreds of processes; where bytecode is not kept, each of them compiles the package and its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

train_extras := train,viz,fast
test_extras := train,viz,fast,test
docs_extras := docs
dev_extras := dev

.PHONY: train test test-all test-gpu lint types bench bench-gpu mutants random-order soak sizes docs dev clean

train: $(VENV)/.train
	$(RUN) -m autograd_cnn train lenet

# One process a core. The kernels use all cores themselves, so more than eight would only wait for each other.
parallel := -n auto --maxprocesses 8 --dist worksteal

test: $(VENV)/.test
	$(RUN) -m pytest -m "not slow" -p no:randomly $(parallel)

test-all: $(VENV)/.test
	$(RUN) -m pytest -p no:randomly $(parallel)

# With an interpreter that has NumPy, CuPy and pytest already; installs nothing. The tests of files and of the command are
# skipped without safetensors and graphviz; those of kernels run on the GPU.
test-gpu:
	@PYTHONPATH=. $(PYTHON) -c 'import numpy, cupy, pytest' || { \
		echo "$(PYTHON) lacks one of numpy, cupy, pytest; PYTHON=... names an interpreter that has them"; exit 1; }
	PYTHONPATH=. $(PYTHON) -m pytest -m gpu -rs -W default tests/devices/test_devices.py tests/ops/test_sweep.py tests/ops/kernels/cuda/test_cuda.py

# About ten minutes; SHARE=0.05 runs a twentieth of the cases. With PyTorch in the environment its times stand beside ours.
SHARE ?= 1
soak: $(VENV)/.test
	$(RUN) -m tests.reliability.soak --share $(SHARE)

lint: $(VENV)/.dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/.dev
	$(RUN) -m mypy
	$(RUN) scripts/type_completeness.py

bench: $(VENV)/.train
	$(RUN) -m benchmarks

# With an interpreter that has NumPy and CuPy (and PyTorch, to compare); installs nothing.
bench-gpu:
	PYTHONPATH=. $(PYTHON) scripts/bench_gpu.py

sizes: $(VENV)/.train
	$(RUN) scripts/installed_size.py

mutants: $(VENV)/.test
	$(RUN) -m scripts.mutation

SEEDS ?= 20
random-order: $(VENV)/.test
	for seed in $$(seq $(SEEDS)); do echo "order $$seed" && $(RUN) -m pytest -m "not slow" --randomly-seed=$$seed || exit 1; done

# Strict: a warning, a link that leads nowhere or a wrong formula is an error.
docs: $(VENV)/.docs
	$(VENV)/bin/mkdocs build

dev: $(VENV)/.dev

clean:
	rm -rf $(VENV) build dist site *.egg-info runs .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; PYTHON=... names another one: make train PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

# One stamp per set of extras, older than pyproject.toml when that has changed.
# --no-compile: bytecode is made where a module is imported, and not for the many that never are.
$(VENV)/.%: pyproject.toml | $(VENV)/.made
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-compile -e '.[$($*_extras)]'
	touch $@
