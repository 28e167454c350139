# The targets of everyday work. SHARED is the folder with the conformance and benchmark kits, where there is one.
SHARED ?= ../shared
DATA ?= ../data
BIN := bin

.PHONY: build build-plugins test check bench conformance fuzz udf-e2e image image-plugins deploy-test airflow-test cluster-test release-test kill-test

build: ## the binary, in bin/
	CGO_ENABLED=0 go build -trimpath -o $(BIN)/ ./cmd/sparksql ./cmd/sparksql-conform

build-plugins: ## the binary that loads Go plugins, in bin/; needs a C compiler
	CGO_ENABLED=1 go build -trimpath -tags plugins -o $(BIN)/sparksql-plugins ./cmd/sparksql

test: ## all tests
	go test ./...

check: ## what a change must pass
	test -z "$$(gofmt -l .)"
	.ci/run

bench: build ## benchmarks of the packages, then, where the kit is, TPC-H and the e-commerce queries beside DuckDB
	go test -run '^$$' -bench . -benchtime 1x ./...
	@if [ -d $(SHARED)/bench ]; then \
	  python3 $(SHARED)/bench/bench.py run --suite tpch --data $(DATA)/tpch_sf1 --engines duckdb --rounds 3 --out $(BIN)/tpch.json \
	    --pipe "ours=$(CURDIR)/$(BIN)/sparksql --master local[{threads}] --output golden" && \
	  python3 $(SHARED)/bench/bench.py run --suite ecom --data $(DATA)/ecom_10m --engines duckdb --rounds 3 --out $(BIN)/ecom.json \
	    --pipe "ours=$(CURDIR)/$(BIN)/sparksql --master local[{threads}] --output golden"; \
	else echo "bench: no kit at $(SHARED)/bench, skipped"; fi

conformance: build ## Spark's own cases, where the kit is; and the share of them that parses
	go test -count=1 -run "Golden|OperatorsLikeSpark|QueryFiles" -v ./sql/parse | grep -v "^=== "
	@if [ -d $(SHARED)/conformance ]; then \
	  python3 $(SHARED)/conformance/conform.py --set open --quiet --jobs 2 \
	    --cli '$(CURDIR)/$(BIN)/sparksql-conform {conf} -i {prelude} --output golden --continue-on-error -f {script}'; \
	else echo "conformance: no kit at $(SHARED)/conformance, skipped"; fi

fuzz: ## every fuzz target for a minute
	@for p in $$(go list ./...); do \
	  for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do go test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; \
	done

udf-e2e: ## users' functions from an empty folder: plugins, modules, programs; some minutes
	go test -count=1 -tags e2e -run FromAnEmptyFolder -v ./cmd/sparksql/build

kill-test: ## 500 writers killed at random moments: old rows or new ones, and no litter (KILLS sets the number)
	SPARKSQL_KILLS=$(or $(KILLS),500) go test -count=1 -timeout 0 -v -run '^TestKilledWriters$$' .

image: ## the container image, built with docker, podman or buildah, and the e-commerce job run in it
	@if command -v hadolint >/dev/null; then hadolint Dockerfile deploy/plugins.Dockerfile deploy/cluster/Dockerfile; else echo "image: no hadolint, not linted"; fi
	deploy/image.sh

image-plugins: ## the images that load Go plugins and that build them, and a plugin to see that it fits
	deploy/image.sh --target builder
	deploy/image.sh --target plugins

deploy-test: ## the deploy script with commands that record their calls, the manifests decoded and rendered
	@if command -v shellcheck >/dev/null; then shellcheck deploy/*.sh deploy/cluster/*.sh; else echo "deploy-test: no shellcheck, not linted"; fi
	go test -count=1 ./deploy
	cd deploy/kubernetes/tests && go vet ./... && go test -count=1 ./...

airflow-test: ## the DAG loaded by Airflow, in a virtual environment of its own
	@if python3 -m venv $(BIN)/airflow && $(BIN)/airflow/bin/pip install --quiet -r deploy/airflow/requirements-test.txt; then \
	  AIRFLOW_HOME=$(CURDIR)/$(BIN)/airflow/home $(BIN)/airflow/bin/python -m pytest -q -p no:cacheprovider deploy/airflow; \
	else echo "airflow-test: Airflow cannot be installed here, skipped"; fi

cluster-test: airflow-test ## the commands of the guide, with a Docker engine, a cluster of kind and Airflow; minutes, the first time half an hour
	deploy/cluster_test.sh

release-test: ## the archives of a release, unpublished; needs goreleaser
	deploy/release_test.sh
