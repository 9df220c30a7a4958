"""Pages with all that they load, and manifests with the files that they name."""

from opscheck import Cost, observation
from opscheck.checks._manifest import addresses, files_of

_MOST = 100  # assets that one observation asks for
_WAYS = 3  # plain, gzip, br


@observation(cost=Cost(requests=1 + _MOST * _WAYS), needs=("page",))
async def page(host, probe):
    """The page, its scripts and its stylesheets, each in every encoding."""
    return await probe.page(host.request("page"))


@observation(cost=Cost(requests=1), needs=("sri_manifest",))
async def served_manifest(host, probe):
    """The manifest that the host serves."""
    return await probe.http(host.request("sri_manifest"))


@observation(cost=Cost(requests=_MOST * _WAYS), needs=("sri_manifest",))
async def served_files(host, probe, served_manifest):
    """What the host serves for the files of its own manifest."""
    base = host.url("sri_manifest")
    return await probe.assets(base, addresses(served_manifest, base))


@observation(cost=Cost(), needs=("sri.manifest_file",))
async def manifest(host, probe):
    """The manifest as a file of this machine."""
    return await probe.file(host.settings["sri"]["manifest_file"])


@observation(cost=Cost(), needs=("sri.manifest_file", "sri.root_folder"))
async def manifest_files(host, probe, manifest):
    """The files that it names, below the folder that they are deployed from."""
    return await probe.folder(host.settings["sri"]["root_folder"], files_of(manifest))


@observation(cost=Cost(requests=_MOST * _WAYS), needs=("sri.manifest_file", "page"))
async def deployed_files(host, probe, manifest):
    """What the host serves for the files of the manifest of this machine."""
    base = host.url("page")
    return await probe.assets(base, addresses(manifest, base))
