"""The process ``rolecall.store`` migrates the database that the environment names."""

from rolecall.endpoints import endpoints
from rolecall.store import migrate

if __name__ == "__main__":
    print(f"rolecall database at revision {migrate(endpoints('rolecall_db').dsn)}")
