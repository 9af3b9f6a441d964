FROM python:3.13-slim AS packages
COPY requirements/base.txt /tmp/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --requirement /tmp/base.txt \
    && /venv/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin booking
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH="/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    APPLICATION_STAGE=prod \
    HOST=0.0.0.0
# Stage prod requires its settings even to collect files. These are for this step only:
# the image contains none, and a container without settings stops.
RUN SECRET_KEY=unused-while-the-image-is-being-built ALLOWED_HOSTS=unused \
        DATABASE_URL=postgres://unused/unused \
        python manage.py collectstatic --noinput \
    && python -m compileall -q .
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "booking.runtime.web"]
