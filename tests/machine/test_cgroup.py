"""The limits of containers, as Linux writes them into files."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.machine import cgroup

GB = 2**30


class Tree:
    """Files below a folder that stands for / of a machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def own(self, *lines: str) -> None:
        (self.root / "own").write_text("".join(f"{line}\n" for line in lines))

    def write(self, group: str, **files: object) -> None:
        folder = self.root / "cgroup" / group
        folder.mkdir(parents=True, exist_ok=True)
        for name, said in files.items():
            (folder / name.replace("__", ".")).write_text(f"{said}\n")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_without_groups_there_is_no_limit() -> None:
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (None, None)


def test_v2_in_a_container_has_its_limits_at_the_root(tree: Tree) -> None:
    tree.own("0::/")
    tree.write(
        "",
        memory__max=4 * GB,
        memory__current=3 * GB,
        memory__stat=f"anon 1000\ninactive_file {GB}\nactive_file 5",
        cpu__max="150000 100000",
        cpu__stat="usage_usec 2500000\nuser_usec 1",
    )
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (1.5, 4 * GB)
    assert limits.memory_used() == 2 * GB
    assert limits.core_seconds() == 2.5


def test_v2_of_nested_groups_the_tightest_counts(tree: Tree) -> None:
    tree.own("0::/user.slice/session-3.scope/lab")
    tree.write("", cgroup__controllers="cpu memory")  # the root of a machine has no limits
    tree.write("user.slice", memory__max=8 * GB, memory__current=6 * GB, cpu__max="max 100000")
    tree.write("user.slice/session-3.scope", memory__max="max", cpu__max="50000 100000")
    tree.write("user.slice/session-3.scope/lab", memory__max=16 * GB, memory__current=GB)
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (0.5, 8 * GB)
    assert limits.memory_used() == 6 * GB


def test_v2_without_limits_has_none(tree: Tree) -> None:
    tree.own("0::/")
    tree.write("", memory__max="max", cpu__max="max 100000", memory__current=GB)
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (None, None)


def test_v1_reads_its_own_file_names(tree: Tree) -> None:
    tree.own("11:memory:/docker/9ab", "4:cpu,cpuacct:/docker/9ab", "0::/")
    tree.write(
        "memory",
        memory__limit_in_bytes=2 * GB,
        memory__usage_in_bytes=GB,
        memory__stat="cache 7\ninactive_file 9\ntotal_inactive_file 1024",
    )
    tree.write(
        "cpu,cpuacct",
        cpu__cfs_quota_us=200000,
        cpu__cfs_period_us=100000,
        cpuacct__usage=7_000_000_000,
    )
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (2.0, 2 * GB)
    assert limits.memory_used() == GB - 1024
    assert limits.core_seconds() == 7.0


def test_v1_without_limits_has_none(tree: Tree) -> None:
    tree.own("4:memory:/jobs/1", "1:cpu:/")
    tree.write("memory/jobs/1", memory__limit_in_bytes=9223372036854771712)
    tree.write("cpu", cpu__cfs_quota_us=-1, cpu__cfs_period_us=100000)
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (None, None)


def test_v1_with_separate_folders_follows_its_own_group(tree: Tree) -> None:
    tree.own("4:memory:/jobs/1", "2:cpuacct:/jobs/1", "1:cpu:/jobs/1")
    tree.write("memory/jobs/1", memory__limit_in_bytes=GB, memory__usage_in_bytes=5)
    tree.write("memory", memory__limit_in_bytes=9223372036854771712)
    tree.write("cpu/jobs/1", cpu__cfs_quota_us=50000, cpu__cfs_period_us=100000)
    tree.write("cpuacct/jobs/1", cpuacct__usage=1_500_000_000)
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (0.5, GB)
    assert limits.core_seconds() == 1.5


def test_a_path_that_leads_out_of_what_is_mounted_is_the_root(tree: Tree, tmp_path: Path) -> None:
    tree.own("0::/../other")
    tree.write("", memory__max=GB)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "memory.max").write_text("1\n")
    assert cgroup.limits().memory == GB


def test_files_that_cannot_be_read_limit_nothing(tree: Tree) -> None:
    tree.own("0::/")
    tree.write("", memory__max="", cpu__max="")
    limits = cgroup.limits()
    assert (limits.cores, limits.memory) == (None, None)
    assert limits.memory_used() is None
    assert limits.core_seconds() is None
