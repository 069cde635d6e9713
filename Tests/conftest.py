"""Offices for every test in Python: fresh, filled, removed afterwards."""

import pytest

from guitu import Office
from postgres import Cluster


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def office_on(request):
    """`office_on("sqlite")`: an office of its own with a few invented people."""
    offices = []

    def make(engine: str, people: int = 20, reports: int = 20) -> Office:
        cluster = request.getfixturevalue("cluster") if engine == "postgres" else None
        office = Office(engine, cluster)
        offices.append(office)
        office.invent(people, reports)
        return office

    yield make
    for office in offices:
        office.remove()
