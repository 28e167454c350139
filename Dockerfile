# The images of sparksql. The last stage is the default.
#
#   docker build -t sparksql:0.1.0 .                              the static binary and nothing else
#   docker build -t sparksql:0.1.0-plugins --target plugins .     loads functions from Go plugins
#   docker build -t sparksql:0.1.0-builder --target builder .     builds such plugins, for exactly this release
#
# All run as user 65532 and need to write to /tmp (spill files) and to the folder of the outputs only, so the root file
# system may be read-only. No port is exposed, as nothing listens, and there is no health check, as a job ends by itself.

FROM golang:1.26.8-bookworm AS source
ENV GOTOOLCHAIN=local CGO_ENABLED=0 HOME=/home/nonroot
RUN install -d -o 65532 -g 65532 /src /out /home/nonroot
USER 65532:65532
WORKDIR /src
ARG GOPROXY
COPY --chown=65532:65532 go.mod go.sum ./
RUN go mod download
COPY --chown=65532:65532 . .
RUN install -d -m 1777 /out/root/tmp /out/root/data && \
    install -d /out/root/usr/local/bin /out/root/app/queries && \
    cp -r queries/ecommerce /out/root/app/queries/ && \
    cp deploy/kubernetes/base/app_config.yaml /out/root/app/queries/ecommerce/

FROM source AS static
ARG COMMIT
ARG DATE
RUN go build -trimpath -ldflags "-s -w -X sparksql.commit=$COMMIT -X sparksql.date=$DATE" \
    -o /out/root/usr/local/bin/sparksql ./cmd/sparksql

FROM source AS dynamic
ARG COMMIT
ARG DATE
RUN CGO_ENABLED=1 go build -trimpath -tags plugins -ldflags "-X sparksql.commit=$COMMIT -X sparksql.date=$DATE" \
    -o /out/root/usr/local/bin/sparksql ./cmd/sparksql

FROM dynamic AS builder
ARG COMMIT
ARG DATE
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="sparksql builder" \
      org.opencontainers.image.description="Builds Go plugins for the image sparksql:$VERSION-plugins" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.created="$DATE" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/out/root/usr/local/bin:$PATH CGO_ENABLED=1
# A first plugin leaves the packages of the engine in the build cache, so that the user's takes seconds and no network.
RUN sparksql udf init /tmp/first && sparksql udf build -o /tmp/first.so /tmp/first && rm -r /tmp/first /tmp/first.so
WORKDIR /work
ENTRYPOINT ["sparksql"]
CMD ["udf", "build"]

FROM debian:12.12-slim AS plugins
ARG COMMIT
ARG DATE
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="sparksql with plugins" \
      org.opencontainers.image.description="Spark SQL in one binary, with functions from Go plugins" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.created="$DATE" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=dynamic --chown=0:0 /out/root /
ENV HOME=/tmp
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/sparksql"]
CMD ["run", "/app/queries/ecommerce"]

FROM scratch
ARG COMMIT
ARG DATE
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="sparksql" \
      org.opencontainers.image.description="Spark SQL in one binary" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT" \
      org.opencontainers.image.created="$DATE" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=static --chown=0:0 /out/root /
ENV HOME=/tmp
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/sparksql"]
CMD ["run", "/app/queries/ecommerce"]
