"""What axe finds on a page, as a sentence per fault."""

from axe_playwright_python.sync_playwright import Axe

_axe = Axe()


def serious_faults(page) -> list[str]:
    """Violations that axe calls serious or critical, with where they are."""
    found = _axe.run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} at {node['target']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
