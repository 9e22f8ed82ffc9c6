"""The process ``include.store`` migrates the database that the environment names."""

from include.settings import Settings
from include.store import migrate

if __name__ == "__main__":
    print(f"rolecall database at revision {migrate(Settings().dsn)}")
