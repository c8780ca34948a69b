"""Whom the servers run as."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from smilero_sdk.errors import Problem

_NAME = "smilero-servers"
_PASS = stat.S_IXOTH
_READ = stat.S_IROTH


class Account:
    """The caller; or, for root, a system account of their own, because PostgreSQL refuses root and Redis need not be root.

    That account must get to the programs and to the data folder, which for root often lie below a private folder such as
    `/root`. So it joins the groups of the folders that stop it and those let their group pass (`chmod g+x`, not read): that
    opens nothing to other users, as `o+rx` would. What is open already is left alone.
    """

    def __init__(self) -> None:
        self._own = os.geteuid() == 0
        entry = _system_account() if self._own else None
        self.uid = entry.pw_uid if entry else os.geteuid()
        self.gid = entry.pw_gid if entry else os.getegid()
        self._groups = {self.gid}

    @property
    def user(self) -> int | None:
        """For `subprocess`: the user to change to, none when it is the caller."""
        return self.uid if self._own else None

    @property
    def group(self) -> int | None:
        """For `subprocess`: the group to change to, none when it is the caller's."""
        return self.gid if self._own else None

    @property
    def groups(self) -> list[int] | None:
        """For `subprocess`: the other groups to be in, none when they are the caller's."""
        return sorted(self._groups - {self.gid}) if self._own else None

    def give(self, path: Path) -> None:
        """Make `path`, which the caller owns, the account's."""
        if self._own:
            os.chown(path, self.uid, self.gid)

    def give_tree(self, folder: Path) -> None:
        """Make `folder` and all in it the account's, if it is not: a container made anew may number its accounts otherwise."""
        if self._own and folder.stat().st_uid != self.uid:
            for path in folder.rglob("*"):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
            self.give(folder)

    def share(self, folder: Path) -> None:
        """Let the account into `folder`, which the caller owns, by giving the folder its group."""
        if self._own:
            os.chown(folder, -1, self.gid)
            self.reach(folder)

    def reach(self, folder: Path) -> None:
        """Let the account pass through to the resolved `folder` by its name."""
        if self._own:
            for passed in (*reversed(folder.parents), folder):
                self._admit(passed, _PASS)

    def use(self, folder: Path) -> None:
        """Let the account read all in the resolved `folder` and run what may be run: with umask 077 pip shuts others out."""
        if self._own:
            self.reach(folder)
            for path in folder.rglob("*"):
                runs = stat.S_IXUSR & path.stat().st_mode
                self._admit(path, _READ | _PASS if runs else _READ)

    def _admit(self, path: Path, wanted: int) -> None:
        found = path.stat()
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid == self.uid or (found.st_gid not in self._groups and mode & wanted == wanted):
            return
        self._groups.add(found.st_gid)
        if mode & wanted << 3 != wanted << 3:
            path.chmod(mode | wanted << 3)


def _system_account() -> pwd.struct_passwd:
    command = f"useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin {_NAME}".split()
    refusal = ""
    try:
        return pwd.getpwnam(_NAME)
    except KeyError:
        pass
    try:
        refusal = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()  # noqa: S603 - a fixed command
        return pwd.getpwnam(_NAME)  # whatever it answered: another start may have made the account meanwhile
    except OSError as error:
        raise Problem("embedded.no_account", account=_NAME, reason=f"useradd: {error.strerror}") from error
    except KeyError as error:
        raise Problem("embedded.no_account", account=_NAME, reason=refusal) from error
