import pytest
from packaging.version import Version

from acceptance.rules.applicability import applies

# tags: (releases they hold for, releases they do not hold for)
TAGS = {
    "": ("0.18 0.27.0", ""),
    "AUTH-1 smoke tenants": ("0.18 0.27.0", ""),
    "from-0.25": ("0.25 0.25.0 0.25.6 0.26 0.27.0", "0.18 0.24 0.24.0 0.24.9"),
    "from-0.22.1": ("0.22.1 0.23 0.27", "0.18 0.22 0.22.0"),
    "until-0.24": ("0.18 0.22.1 0.24 0.24.0 0.24.9", "0.25 0.25.0 0.27"),
    "until-0.22.1": ("0.18 0.22 0.22.0 0.22.1", "0.22.2 0.23 0.27"),
    "not-0.22.1": ("0.18 0.22.0 0.23 0.27", "0.22.1"),
    "not-0.23": ("0.22.1 0.24", "0.23 0.23.0 0.23.1"),
    "from-0.22.1 until-0.22.1": ("0.22.1", "0.22.0 0.23"),
    "from-0.22.1 not-0.23": ("0.22.1 0.24 0.27", "0.22 0.23 0.23.1"),
    "CHOICE-6 until-0.24 not-0.22.1": ("0.18 0.22.0 0.23.1 0.24.0", "0.22.1 0.25"),
}


@pytest.mark.parametrize(("tags", "yes", "no"), [(tags, *releases) for tags, releases in TAGS.items()])
def test_tags_say_for_which_releases_a_scenario_holds(tags: str, yes: str, no: str) -> None:
    assert [release for release in yes.split() if not applies(tags.split(), Version(release))] == []
    assert [release for release in no.split() if applies(tags.split(), Version(release))] == []
