# All processes of Signalbox in one image; the argument says which: docker build -t signalbox . && docker run signalbox orchestrator
# No heredocs, no linked copies, no digests: any builder of the last years can build it.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are a Node for machines without one, and speed-ups that need a compiler.
# The list is made from what was installed, so what was left out must not be asked for.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && npm pkg delete devDependencies optionalDependencies \
 && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY libs libs
COPY apps apps
RUN node_modules/.bin/tsc -p tsconfig.json --sourceMap false

FROM node:24-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="signalbox" \
      org.opencontainers.image.description="Event-driven failover for Apache Kafka across sites" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# One arena: glibc gives each of Node's threads its own, which holds some 10 MB of memory that nobody uses.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=dependencies /app/sbom.cdx.json sbom.cdx.json
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY image image
RUN chmod 755 dist/apps/cli/src/main.js && ln -s /app/dist/apps/cli/src/main.js /usr/local/bin/signalbox
# Writes nothing anywhere, and needs no right of any kind.
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["node", "/app/image/start.mjs"]
CMD ["--help"]
