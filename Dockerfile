# One image for all Airflow services: the locked requirements and our wheel; not run as root.
# What builds (uv, setuptools, pip's caches) stays in the first stage.
FROM python:3.12.13-slim-trixie AS build

ENV UV_NO_CACHE=1
WORKDIR /build

COPY .ci/bootstrap.txt .ci/
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r .ci/bootstrap.txt \
 && uv venv /opt/venv \
 && uv pip install --python /opt/venv/bin/python --require-hashes --compile-bytecode -r requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY plugins plugins
COPY dags dags
COPY sql sql
COPY docs/runbooks docs/runbooks
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && uv pip install --python /opt/venv/bin/python --no-deps --compile-bytecode dist/*.whl

# What is in the image, from what was installed: a bill of materials (CycloneDX), and the texts of all licences.
COPY .ci/sbom.txt .ci/
RUN uv venv /opt/sbom \
 && uv pip install --python /opt/sbom/bin/python --require-hashes -r .ci/sbom.txt \
 && /opt/sbom/bin/cyclonedx-py environment --output-reproducible -o sbom.cdx.json /opt/venv/bin/python \
 && /opt/sbom/bin/pip-licenses --python /opt/venv/bin/python --format plain-vertical --with-license-file \
    --no-license-path --with-urls --output-file NOTICE

FROM python:3.12.13-slim-trixie

ENV PYTHONUNBUFFERED=1 PATH=/opt/venv/bin:$PATH HOME=/var/lib/newsflow AIRFLOW_HOME=/var/lib/newsflow/airflow
WORKDIR /opt/newsflow

# Process 1 has to end what a killed task leaves behind, also where nobody says `init: true`.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
COPY --from=build /build/sbom.cdx.json /build/NOTICE ./
COPY deploy deploy
COPY deploy/image/entrypoint deploy/image/clean-logs /
# Files are group 0's too: Kubernetes may choose any user id, always with that group.
RUN ln -s "$(newsflow dags-folder)" dags \
 && useradd --system --uid 50000 --gid 0 --home-dir /var/lib/newsflow newsflow \
 && install -d -o newsflow -g 0 -m 2775 /var/lib/newsflow /var/lib/newsflow/airflow /var/lib/newsflow/airflow/logs

USER 50000
VOLUME /var/lib/newsflow
EXPOSE 8080
ENTRYPOINT ["/usr/bin/tini", "--", "/entrypoint"]
CMD ["airflow", "api-server"]
