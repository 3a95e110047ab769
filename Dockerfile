# The program, what browsers load, and the embedding model. The database is another container: compose.yaml.
FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
# Node.js builds what browsers load; pip fetches the embedding model.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
 && apt-get update && apt-get install -y --no-install-recommends python3-pip \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV BISEDA_CACHE_DIR=/cache CARGO_TARGET_DIR=/target
# What is compiled stays with the builder for the next build. Cargo goes by times, and those of another checkout may be older
# than what is kept: all of it counts as new, and only what others have written is not compiled again.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/target --mount=type=cache,target=/cache \
    find . -type f -exec touch {} + && scripts/package /opt/biseda

FROM debian:bookworm-slim
# The runtime of the embedding model is written in C++.
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 biseda \
 && useradd --system --uid 10001 --gid biseda --home-dir /var/lib/biseda --shell /usr/sbin/nologin biseda \
 && install -d -o biseda -g biseda -m 750 /var/lib/biseda
COPY --from=build /opt/biseda /opt/biseda
ENV BISEDA_LISTEN=0.0.0.0:3000 BISEDA_DATA_DIR=/var/lib/biseda BISEDA_CACHE_DIR=/opt/biseda BISEDA_LOG_FORMAT=json
USER biseda
WORKDIR /var/lib/biseda
VOLUME /var/lib/biseda
EXPOSE 3000
STOPSIGNAL SIGTERM
# Ready while the database answers. By the shell's own sockets: the image has no other client.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/biseda/biseda"]
CMD ["serve"]
