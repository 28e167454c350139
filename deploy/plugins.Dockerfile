# An image with functions of your own: the folder of their Go package is the context of the build.
#
#   docker build -t shop:1 -f deploy/plugins.Dockerfile ./mypkg
#   docker run --rm shop:1 --udf /usr/lib/sparksql/functions.so -e "SELECT initials('Ada King Lovelace')"
#
# Both images of sparksql are of one release, so the plugin fits. It belongs to root and nobody else may write it, as the
# engine demands of what it loads.

ARG VERSION=0.1.0

FROM sparksql:${VERSION}-builder AS build
COPY --chown=65532:65532 . /work
RUN ["sparksql", "udf", "build", "-o", "/tmp/functions.so", "/work"]

FROM sparksql:${VERSION}-plugins
COPY --from=build --chown=0:0 --chmod=0644 /tmp/functions.so /usr/lib/sparksql/functions.so
CMD ["run", "/app/queries/ecommerce", "--udf", "/usr/lib/sparksql/functions.so"]
