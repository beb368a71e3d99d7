# docker build -t ganymede .
# docker run --rm --user "$(id -u)" -v "$PWD:/work" ganymede train dense --epochs 5 --out run

FROM debian:12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dpkg-dev file
WORKDIR /source
COPY . .
# The launcher installs what the build, and that of the web page, needs.
RUN ./ganymede page && cpack -G DEB --config build/release/CPackConfig.cmake -B /package

FROM debian:12-slim
RUN --mount=type=bind,from=build,source=/package,target=/package \
    apt-get update && \
    apt-get install -y --no-install-recommends /package/ganymede_*.deb gnuplot-nox graphviz && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["ganymede"]
