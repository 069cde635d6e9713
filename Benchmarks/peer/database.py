"""SQLite or PostgreSQL behind one small face, with Guitu's own durability."""

import contextlib
import sqlite3
import threading

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool


class SQLite:
    """A connection a thread, WAL and synchronous=FULL as in Guitu."""

    def __init__(self, path: str):
        self.path = path
        self.local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -16000")
            self.local.connection = connection
        return connection

    @contextlib.contextmanager
    def transaction(self, writes: bool):
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            yield connection.execute
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


class Postgres:
    """A pool of ten; psycopg prepares a statement from its fifth use on."""

    def __init__(self, address: str):
        self.pool = ConnectionPool(
            address, min_size=2, max_size=10, kwargs={"row_factory": dict_row}
        )

    @contextlib.contextmanager
    def transaction(self, writes: bool):
        with self.pool.connection() as connection:

            def execute(sql: str, values=()):
                return connection.execute(sql.replace("?", "%s"), values)

            yield execute


def connect(address: str):
    return Postgres(address) if "=" in address or "://" in address else SQLite(address)
