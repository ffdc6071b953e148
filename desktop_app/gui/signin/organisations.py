"""The organisations that a person may sign in to: what the profile file and the policy say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profile_file import remove_profile, save_profile
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.tasks import Job, Tasks


@dataclass(frozen=True)
class Change:
    """What the file has come to: a profile that is gone, one that is here."""

    gone: str = ""
    here: Profile | None = None


def _keep(profile: Profile) -> None:
    return


class Organisations(QObject):
    """Profiles by name, in the file's order, as the policy changes them.

    Saving and removing are done on a worker's lane; the job's value is the ``Change``.
    """

    changed = Signal()

    def __init__(
        self,
        profiles: Iterable[Profile],
        file: Path,
        policy: Policy,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        forget: Callable[[Profile], None] = _keep,
    ) -> None:
        """``forget`` drops what else is known of a profile that is edited or removed: whose
        organisation it was, and a sign-in that was kept. It may block."""
        super().__init__(parent)
        self._profiles = {profile.name: profile for profile in profiles}
        self._file = file
        self._policy = policy
        self._tasks = tasks
        self._forget = forget

    @property
    def policy(self) -> Policy:
        return self._policy

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._profiles)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self._policy.applied_to(profile) for profile in self._profiles.values())

    def find(self, name: str) -> Profile | None:
        """The profile as it is used: with what the policy forces."""
        profile = self._profiles.get(name)
        return self._policy.applied_to(profile) if profile is not None else None

    def as_written(self, name: str) -> Profile | None:
        """The profile as the file has it, to be edited."""
        return self._profiles.get(name)

    def offer(self, profile: Profile) -> None:
        """Add or replace one that no file holds: the practice organisation."""
        self._profiles[profile.name] = profile
        self.changed.emit()

    def save(self, profile: Profile, *, replacing: str = "") -> Job:
        """Write a profile; ``replacing`` is the name that it had before."""
        file, before = self._file, replacing if replacing != profile.name else ""
        edited, forget = self._profiles.get(replacing), self._forget

        def work() -> Change:
            save_profile(file, profile)
            if edited is not None:
                forget(edited)
            if before:
                remove_profile(file, before)
            return Change(before, profile)

        return self._run(work)

    def keep_pkce(self, used: Profile) -> None:
        """Write down what helped: a client that takes PKCE alone stays so.

        What the policy forces is the policy's; the file stays as the person wrote it.
        """
        written = self._profiles.get(used.name)
        if written is None or written.is_practice or written.grant is Grant.PKCE:
            return
        if self._policy.grant is not None:
            return
        if used == written.with_pkce():
            self.save(used)

    def remove(self, name: str) -> Job:
        file, gone, forget = self._file, self._profiles.get(name), self._forget

        def work() -> Change:
            remove_profile(file, name)
            if gone is not None:
                forget(gone)
            return Change(name)

        return self._run(work)

    def _run(self, work: Callable[[], Change]) -> Job:
        job = self._tasks.write(work)
        job.succeeded.connect(self._on_written)
        return job

    def _on_written(self, change: Change) -> None:
        if change.gone:
            self._profiles.pop(change.gone, None)
        if change.here is not None:
            self._profiles[change.here.name] = change.here
        self.changed.emit()
