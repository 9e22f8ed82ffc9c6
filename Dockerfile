FROM astrocrpublic.azurecr.io/runtime:3.3-2
# Airflow finds the plugin by the package's entry point.
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
