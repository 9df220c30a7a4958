"""A manifest: files, host and page are of the same build."""

import pytest

from opscheck.checks.sri_manifest import sri_manifest
from opscheck.checks.sri_page_manifest import sri_page_manifest
from opscheck.checks.sri_served import sri_served

pytestmark = [pytest.mark.sri, pytest.mark.release]


def test_files_are_as_the_manifest_says(manifest, manifest_files, expect):
    """What is to be deployed is what was hashed."""
    expect(sri_manifest(manifest, manifest_files))


def test_the_host_serves_what_its_manifest_says(served_manifest, served_files, expect):
    """What the host serves is what the manifest beside it says, in every encoding."""
    expect(sri_served(served_manifest, served_files))


def test_the_page_carries_what_the_served_manifest_says(page, served_manifest, ops_host, expect):
    """Attributes and manifest are of the same build, whatever the files are."""
    expect(sri_page_manifest(page, served_manifest, base=ops_host.url("sri_manifest")))


def test_the_host_serves_what_was_deployed(manifest, deployed_files, expect):
    """What the host serves is what the manifest of this machine says, in every encoding."""
    expect(sri_served(manifest, deployed_files))


def test_the_page_carries_what_the_manifest_says(page, manifest, ops_host, expect):
    """The page is of the same build as the manifest of this machine."""
    expect(sri_page_manifest(page, manifest, base=ops_host.url("page")))
