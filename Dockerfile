# Any 3.11 release of the official image: `docker build --build-arg PYTHON=3.11.15 .`
ARG PYTHON=3.11.14
# What that tag named when a release was built, as @sha256:…
ARG DIGEST=

FROM python:${PYTHON}-slim-bookworm${DIGEST} AS base
# The service calls no BLAS, whose threads would be as many as the host has cores.
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
WORKDIR /app

# Numba looks for kernels by the CPU's name and features. Those of a baseline, here and when it runs, make what is
# compiled below fit every host; empty features are all that the name implies, and nothing that the host adds.
FROM base AS base-amd64
ARG CPU_NAME=x86-64-v3
ENV NUMBA_CPU_NAME=${CPU_NAME} NUMBA_CPU_FEATURES=

FROM base AS base-arm64
ARG CPU_NAME=neoverse-n1
ENV NUMBA_CPU_NAME=${CPU_NAME} NUMBA_CPU_FEATURES=

FROM base-${TARGETARCH} AS build
COPY requirements/serve.txt requirements/
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements/serve.txt \
    && cd /venv/lib/python3.11/site-packages \
    # What no answer imports: tests, sources, Arrow's ways to other hosts, a library under further names, made-up people.
    && find . -type d -name tests -prune -exec rm -r {} + \
    && find . -name '*.py[ix]' -delete \
    && rm -rf pyarrow/include pyarrow/src pyarrow/*flight* pyarrow/*s3* pyarrow/libarrow_python.so pyarrow/libarrow_python.so.*.*.* \
       numpy/f2py numpy/distutils PIL/_avif* pillow.libs/libavif* faker \
    && python -m compileall -q --invalidation-mode unchecked-hash /venv/lib
COPY core core
COPY api api
COPY attractor attractor
RUN python -m attractor compile && python -m compileall -q --invalidation-mode unchecked-hash core api attractor/*.py attractor/client

FROM build AS build-sweep
COPY requirements/sweep.txt requirements/
RUN pip --python /venv/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements/sweep.txt \
    && cd /venv/lib/python3.11/site-packages \
    && find . -type d -name tests -prune -exec rm -r {} + \
    && find . -name '*.py[ix]' -delete \
    && python -m compileall -q --invalidation-mode unchecked-hash /venv/lib /app/attractor/sweeps

FROM base-${TARGETARCH} AS bare
RUN pip uninstall --quiet --yes --root-user-action ignore pip setuptools wheel
ARG VERSION=0.3.0
ARG REVISION=
LABEL org.opencontainers.image.title="Attractor" \
      org.opencontainers.image.description="A compute API for discrete-time dynamical systems: one URL names one orbit" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV ATTRACTOR_REVISION=${REVISION}
# Fargate's volume at /tmp is writable for others than root because of this line.
VOLUME /tmp
USER 10001:10001

# What computes parts of sweeps, of which the service needs nothing: `docker build --target sweep`.
FROM bare AS sweep
COPY --from=build-sweep /venv /venv
COPY --from=build-sweep /app /app
CMD ["python", "-m", "attractor", "sweep", "--help"]

FROM bare
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "attractor", "health"]
CMD ["python", "-m", "attractor", "serve"]
