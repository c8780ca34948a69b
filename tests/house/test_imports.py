import shutil
from pathlib import Path

from tests.conftest import LookedAt
from tests.house import contracts
from tests.house.tree import ROOT, shipped_python

SEEDS = {
    "sdk/smilero_sdk/seeded.py": "import smilero_core",
    "core/smilero_core/unplaced.py": "",
    "core/smilero_core/db/seeded_one.py": "import smilero_core.db.seeded_two",
    "core/smilero_core/db/seeded_two.py": "import smilero_core.db.seeded_one",
    "tenants/smilero_tenants/seeded.py": "import smilero_seeded",
    "plugins/seeded/smilero_seeded/__init__.py": "",
    "plugins/seeded/smilero_seeded/core.py": "import smilero_core",
    "plugins/seeded/smilero_seeded/models.py": "from smilero_seeded import service",
    "plugins/seeded/smilero_seeded/service.py": "",
    "plugins/another/smilero_another/__init__.py": "import smilero_seeded",
}


def test_every_import_keeps_the_contracts(looked_at: LookedAt) -> None:
    report = contracts.check(ROOT)
    looked_at("files", shipped_python(ROOT))
    looked_at("contracts", report.kept | report.broken)
    assert not report.broken, report.text


def test_every_broken_contract_is_found(tmp_path: Path) -> None:
    for source in shipped_python(ROOT):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    for name, text in SEEDS.items():
        seed = tmp_path / name
        seed.parent.mkdir(parents=True, exist_ok=True)
        seed.write_text(text, encoding="utf-8")

    report = contracts.check(tmp_path)

    assert report.kept == frozenset(), report.text
    assert len(report.broken) == 7
    for trace in (
        "smilero_sdk.seeded -> smilero_core",
        "unplaced",
        "No cycles are allowed in smilero_core.db",
        "smilero_tenants.seeded -> smilero_seeded",
        "smilero_seeded.core -> smilero_core",
        "smilero_seeded.models -> smilero_seeded.service",
        "smilero_another -> smilero_seeded",
    ):
        assert trace in report.text
