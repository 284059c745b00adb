# Optional shortcuts. Nothing needs make: every line below can be typed as it stands.
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: demo test lint ci lock sbom audit
demo:
	python3 manage.py demo
test:
	python3 manage.py test
lint:
	python3 manage.py lint
sbom:
	python3 manage.py sbom --output var/sbom.json
audit:
	python3 manage.py audit
ci:
	bash .ci/run
lock:
	$(LOCK) pyproject.toml --group ci --output-file requirements/ci.txt
	$(LOCK) pyproject.toml --group test --constraint requirements/ci.txt --output-file requirements/test.txt
	$(LOCK) pyproject.toml --group local --constraint requirements/ci.txt --output-file requirements/run.txt
	$(LOCK) --group bootstrap --output-file requirements/bootstrap.txt
