"""The set-up page at work: saving, testing and removing what is entered there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.signin.findings import CheckResult, Finding
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.regions import regions
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.signin.organisations import Change, Organisations
from desktop_app.gui.signin.page_check import PageCheck
from desktop_app.gui.signin.setup_page import SetupPage
from desktop_app.gui.signin.surroundings import Surroundings
from desktop_app.gui.signin.ways import Journey
from desktop_app.gui.tasks import Job, Tasks
from desktop_app.gui.theme import Theme


class SetUp(QObject):
    """``done`` names the organisation to sign in to; ``closed`` leaves all as it was."""

    done = Signal(str)
    closed = Signal()
    practice_asked = Signal()

    def __init__(
        self,
        organisations: Organisations,
        journey: Journey,
        tasks: Tasks,
        theme: Theme,
        surroundings: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._organisations = organisations
        self._journey = journey
        self._tasks = tasks
        self._editing = ""  # the name of the profile that is shown, as it was
        self._surroundings = surroundings
        self._job: Job | None = None
        self._page_check: PageCheck | None = None
        self._tested: Profile | None = None
        self._result = CheckResult(())
        self.page = SetupPage(theme, parent)
        self.page.saved.connect(self._on_saved)
        self.page.cancelled.connect(self._on_cancelled)
        self.page.removed.connect(self._on_removed)
        self.page.test_asked.connect(self._on_test_asked)
        policy = organisations.policy
        self.page.set_regions(policy.regions or regions())
        if policy.grant is not None:
            self.page.force_grant(policy.grant, "Your administrator has chosen this.")
        if policy.practice:
            self.page.offer_practice()
        self.page.practice_asked.connect(self.practice_asked)

    def show_new(self) -> None:
        """An empty form."""
        self.stop()
        self._editing = ""
        self.page.show_new(self._organisations.names)

    def show_existing(self, name: str) -> bool:
        """The form of a profile; False when there is none of that name."""
        profile = self._organisations.as_written(name)
        if profile is None:
            return False
        self.stop()
        self._editing = name
        self.page.show_profile(profile, self._organisations.names)
        return True

    def show_practice(self, profile: Profile) -> None:
        """The form filled in with the practice organisation, which no file holds."""
        self.stop()
        self._editing = profile.name
        self.page.show_profile(profile)

    def stop(self) -> None:
        """End a test that runs: its page must be gone before the window is."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._page_check is not None:
            self._page_check.cancel()
            self._page_check.deleteLater()
            self._page_check = None

    def _on_test_asked(self, profile: Profile) -> None:
        """First what requests can tell, then what only a browser sees."""
        self.stop()
        self._tested = profile
        self.page.show_test_running()
        check = self._journey.check
        self._job = self._tasks.network(lambda: check(profile))
        self._job.succeeded.connect(self._on_checked)
        self._job.failed.connect(self._on_failed)

    def _on_checked(self, result: CheckResult) -> None:
        self._job = None
        self._result = result
        profile = self._tested
        if profile is None or not result.ok or self._surroundings.refusal(profile) is not None:
            self.page.show_test_result(result)
            return
        self._page_check = PageCheck(profile, self._surroundings, parent=self)
        self._page_check.finished.connect(self._on_page_checked)
        self._page_check.start()

    def _on_page_checked(self, finding: Finding) -> None:
        self.stop()
        self.page.show_test_result(self._result.with_finding(finding))

    def _on_saved(self, profile: Profile) -> None:
        self.stop()
        if profile.is_practice:
            self._organisations.offer(profile)
            self.done.emit(profile.name)
            return
        job = self._organisations.save(profile, replacing=self._editing)
        job.succeeded.connect(self._on_written)
        job.failed.connect(self._on_failed)

    def _on_written(self, change: Change) -> None:
        self.done.emit(change.here.name if change.here is not None else "")

    def _on_removed(self, name: str) -> None:
        self.stop()
        job = self._organisations.remove(name)
        job.succeeded.connect(self._on_gone)
        job.failed.connect(self._on_failed)

    def _on_gone(self) -> None:
        self.closed.emit()

    def _on_cancelled(self) -> None:
        self.stop()
        self.closed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        self.page.show_error(sentence_of(error))
