# syntax=docker/dockerfile:1

FROM golang:1.26.8-bookworm AS modules
ENV CGO_ENABLED=0 GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local
WORKDIR /build
COPY wasm wasm
RUN go -C wasm/kustomize build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/kustomize.wasm .
RUN go -C wasm/helm build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/helm.wasm .
RUN go -C wasm/cel build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/cel.wasm .
RUN go -C wasm/merge build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/merge.wasm .
RUN go -C wasm/gotemplate build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/gotemplate.wasm .
RUN go -C wasm/envsubst build -buildmode=c-shared -trimpath -buildvcs=false -ldflags "-s -w" -o ../../modules/envsubst.wasm .

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24.21.0-bookworm-slim AS started
WORKDIR /build
COPY --from=packages /build/node_modules node_modules
COPY --from=modules /build/modules modules
COPY package.json ./
COPY policies policies
COPY src src
RUN npm run --silent modules -- modules

FROM node:24.21.0-bookworm-slim AS built
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY --from=started /build/modules modules
COPY app.yml ./
COPY policies policies
COPY src src
COPY bundle bundle
ENV FAIRLEAD_MODULES=/build/modules FAIRLEAD_CACHE=/build/cache
RUN npm run --silent build

FROM node:24.21.0-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /build/node_modules node_modules
COPY --from=started /build/modules modules
COPY package.json app.yml ./
COPY policies policies
COPY src src
COPY --from=built /build/build build
# The root file system may be read-only: everything that is written goes to /data.
ENV NODE_ENV=production FAIRLEAD_MODULES=/app/modules FAIRLEAD_CACHE=/data/cache FAIRLEAD_DATA=/data
VOLUME /data
USER 65532:65532
EXPOSE 3000
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/app/build/fairlead.cjs"]
CMD ["serve"]
