# One image for all Airflow services: the locked requirements, our Dags, plugins and SQL; not run as root.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 UV_NO_CACHE=1
WORKDIR /opt/newsflow

COPY .ci/bootstrap.txt .ci/
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r .ci/bootstrap.txt \
 && uv pip install --system --require-hashes --compile-bytecode -r requirements.txt

COPY pyproject.toml README.md ./
COPY plugins plugins
COPY dags dags
COPY sql sql
COPY docs/runbooks docs/runbooks
COPY deploy deploy
RUN uv pip install --system --no-deps --no-build-isolation -e . \
 && useradd --system --uid 50000 --home-dir /var/lib/newsflow newsflow \
 && install -d -o newsflow /var/lib/newsflow

USER newsflow
VOLUME /var/lib/newsflow
EXPOSE 8080
CMD ["airflow", "api-server"]
