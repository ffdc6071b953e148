"""From an answer of the login host to a checked session: what every way of signing in shares.

    callback ─► token (exchanged if it was a code) ─► whose, for which client and organisation?
             ─► allowed by the policy? ─► session

Requests take the same route as the window's web view: its proxy, its certificate authorities.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

from desktop_app.core.errors import (
    CertificateRefused,
    ContactHistoryError,
    ForbiddenByPolicy,
    KeyringMissing,
    NetworkError,
    ProxySignInNeeded,
    SignInNeeded,
    WrongOrganisation,
)
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.network import Network
from desktop_app.core.signin.check import check_settings
from desktop_app.core.signin.exchange import exchange, service_token
from desktop_app.core.signin.findings import CheckResult
from desktop_app.core.signin.given import Given, GivenClient, GivenToken, open_given
from desktop_app.core.signin.kept import Kept, KeptSessions, open_kept
from desktop_app.core.signin.listener import sign_in_through_browser
from desktop_app.core.signin.oauth import Attempt, Code, Token
from desktop_app.core.signin.offline import Offline, offline_session
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.regions import regions
from desktop_app.core.signin.remembered import Remembered
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import (
    ClientFactory,
    Session,
    SignIn,
    discard,
    open_session,
    sign_out,
)


async def _nothing_is(session: SignIn) -> bool:
    return False


class SignInJourney:
    """Signs in, remembers the organisation, and keeps the sign-in where that is wanted.

    Every coroutine raises a SignInError or a ServiceError; disks and keyrings are waited for on
    a thread.
    """

    def __init__(
        self,
        network: Network,
        policy: Policy,
        remembered: Remembered,
        kept: KeptSessions,
        *,
        stay_signed_in: Callable[[], bool],
        is_held: Callable[[SignIn], Awaitable[bool]] = _nothing_is,
    ) -> None:
        """``is_held`` tells whether this computer holds contacts of a person."""
        self._network = network
        self._policy = policy
        self._remembered = remembered
        self._kept = kept
        self._stay_signed_in = stay_signed_in
        self._is_held = is_held

    async def finish(self, attempt: Attempt, answer: Token | Code) -> Session:
        """A session from what the callback of an attempt brought."""
        profile = attempt.profile
        try:
            expected, new_client = await self._expected(profile), await self._client(profile)
        except BaseException:
            if isinstance(answer, Token):
                await self._discard(profile, answer)
            raise
        if isinstance(answer, Code):
            route = await self._network.route(profile.login_url)
            answer = await exchange(attempt, answer, verify=route.verify, proxy=route.proxy)
        # Nothing is waited for between the token and what sees to it that it ends.
        session = await open_session(
            profile,
            answer,
            expected_organization=expected,
            new_client=new_client,
            check=self._check_for(profile),
        )
        try:
            await asyncio.to_thread(
                self._remembered.remember,
                profile,
                session.organization_id,
                session.organization_name,
            )
            await self.keep(session)
        except BaseException:  # nobody will hold it, so it must not stay alive
            await self.sign_out(session)
            raise
        return session

    async def through_browser(
        self,
        profile: Profile,
        open_url: Callable[[str], None],
        on_answer: Callable[[], None],
        *,
        hint: str,
        prompt: str,
    ) -> Session:
        """A session by way of the person's own browser, which ``open_url`` opens."""
        attempt, code = await sign_in_through_browser(
            profile, open_url, login_hint=hint, prompt=prompt
        )
        on_answer()
        return await self.finish(attempt, code)

    async def with_given(self, profile: Profile, given: Given) -> Session:
        """A session with what the program's environment gives; nothing of it is kept."""
        expected, new_client = await self._expected(profile), await self._client(profile)
        if isinstance(given, GivenToken):
            token = Token(given.token, 0)  # nobody says when it ends
        else:
            route = await self._network.route(profile.login_url)
            token = await service_token(
                profile, given.client_id, given.secret, verify=route.verify, proxy=route.proxy
            )
        try:
            return await open_given(
                profile,
                token,
                expected_organization=expected,
                new_client=new_client,
                check=self._check_for(profile),
            )
        except BaseException:
            if isinstance(given, GivenClient):
                await self._discard(profile, token)
            raise

    async def resume(self, profile: Profile) -> Session | None:
        """Go on with a sign-in that was kept; None where there is none that still holds.

        Raises Offline where Genesys can't be reached and something is held to be read meanwhile.
        """
        if not self._stay_signed_in():
            return None
        for form in (profile, profile.with_pkce()):  # as it was used: in a browser with PKCE
            kept = await asyncio.to_thread(self._kept.find, form)
            if kept is None:
                continue
            try:
                return await self._open_kept(kept, form)
            except ForbiddenByPolicy:
                await asyncio.to_thread(self._kept.forget, form)
                raise
            except (SignInNeeded, WrongOrganisation):  # it has ended: the login page is next
                await asyncio.to_thread(self._kept.forget, form)
        return None

    async def _open_kept(self, kept: Kept, form: Profile) -> Session:
        check = self._check_for(form)
        try:
            return await open_kept(kept, form, new_client=await self._client(form), check=check)
        except (CertificateRefused, ProxySignInNeeded):
            raise  # somebody has answered, and there is something to be done about it
        except NetworkError as error:
            found = await asyncio.to_thread(self._kept.find, form)  # the try has used ours up
            if found is None:
                raise
            if check is not None:
                check(found.organization_id, found.organization_name)
            offline = offline_session(found, form)
            if not await self._is_held(offline):
                raise
            raise Offline(offline, error) from None

    def forget(self, profile: Profile) -> None:
        """Drop all that is kept of a profile in each of its forms. Blocks on disk and keyring."""
        for form in (profile, profile.with_pkce()):
            self._remembered.forget(form)
            self._kept.forget(form)

    async def leave(self, session: SignIn) -> None:
        """When the window closes: a sign-in that is kept is only put down."""
        if self._stays(session) and await asyncio.to_thread(self._kept.has, session):
            await session.close()
        else:
            await self.sign_out(session)

    async def put_away(self, session: SignIn) -> None:
        """While the window is locked nothing that is kept may open it at the next start (T45)."""
        await self._forget_kept(session)

    async def sign_out(self, session: SignIn) -> bool:
        """Revoke and forget, neither waiting for the other; False when Genesys couldn't be told."""
        _, revoked = await asyncio.gather(self._forget_kept(session), self._revoke(session))
        return revoked

    async def _revoke(self, session: SignIn) -> bool:
        if isinstance(session, Session):
            return await sign_out(session)
        token = session.reveal_token()
        await session.close()
        return token is not None and await self._discard(session.profile, Token(Secret(token), 0))

    async def _forget_kept(self, session: SignIn) -> None:
        token = session.reveal_token()  # before the keyring's turn comes it may be closed
        await asyncio.to_thread(self._kept.forget_token, session.profile, token)

    async def _discard(self, profile: Profile, token: Token) -> bool:
        """End a token that is not wanted, as far as a way leads to Genesys; whether it has."""
        try:
            return await discard(profile, token, await self._client(profile))
        except ContactHistoryError:
            return False
        finally:
            token.access_token.clear()

    async def check(self, profile: Profile) -> CheckResult:
        """Try an organisation's settings without signing in."""
        allowed = self._policy.regions or regions()
        others = [region for region in allowed if region != profile.region]
        return await check_settings(
            profile,
            self._network.route,
            other_regions=others if profile.region is not None else (),
        )

    def _stays(self, session: SignIn) -> bool:
        return self._stay_signed_in() and not session.profile.is_practice

    async def keep(self, session: Session) -> None:
        """Keep a sign-in where that is wanted; a keyring that is missing costs the convenience,
        never the sign-in."""
        if self._stays(session):
            with contextlib.suppress(KeyringMissing):
                await asyncio.to_thread(self._kept.keep, session)

    async def _expected(self, profile: Profile) -> str:
        if profile.is_practice:  # a new organisation at each start
            return ""
        return profile.organization_id or await asyncio.to_thread(
            self._remembered.organization, profile
        )

    def _check_for(self, profile: Profile) -> Callable[[str, str], None] | None:
        return None if profile.is_practice else self._policy.check_organization

    async def _client(self, profile: Profile) -> ClientFactory:
        route = await self._network.route(profile.api_url)
        return partial(GenesysClient, verify=route.verify, proxy=route.proxy)
