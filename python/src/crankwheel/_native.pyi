"""The compiled part of `crankwheel`; import from `crankwheel` instead."""

import asyncio
from collections.abc import Iterator, KeysView, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Generic, Literal, TypeVar, final, overload, type_check_only

from typing_extensions import Self

from ._fields import ClientArgument, Moment, PeriodArgument, PlanArgument
from ._request import Query

_T = TypeVar("_T")
_Row_co = TypeVar("_Row_co", covariant=True)
_T_co = TypeVar("_T_co", covariant=True)

__version__: str

@type_check_only
class _Model:
    """An answer, or a part of one: typed attributes, and the wire form as it came."""

    def to_dict(self) -> dict[str, Any]:
        """The wire form, as it came."""

    def keys(self) -> KeysView[str]:
        """The names of the wire form, so that ``dict(...)`` and ``{**...}`` give it."""

    def __getitem__(self, key: str, /) -> Any: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...
    @classmethod
    def _from_wire(cls, text: str) -> Self: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@type_check_only
class _Rows(Sequence[_Row_co]):
    """A lazy sequence: rows are made when they are asked for."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _Row_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[_Row_co]: ...
    def to_list(self) -> list[dict[str, Any]]:
        """The wire rows, as they came."""

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...
    @classmethod
    def _from_wire(cls, text: str) -> Self: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@final
class Client(_Model):
    """A client company of the reseller (the API document, Get Clients List)."""

    @property
    def id(self) -> int:
        """The unique, immutable id of the client account."""

    @property
    def sname(self) -> str:
        """The short name, part of the company's links; can be all digits. Empty if the answer has none."""

    @property
    def lname(self) -> str | None:
        """The human-readable name, shown to viewers too."""

    @property
    def smsname(self) -> str | None:
        """The sender of text messages, where a country has that feature."""

    @property
    def host(self) -> str | None:
        """The host name in URLs: `meeting.is` or `syna.is`."""

    @property
    def hl(self) -> str | None:
        """The language of the viewers' interface: `en`, `de`, `fi`, `fr`, `is`, `it`, `ja`, `nl`, `no`, `pl`."""

    @property
    def geo(self) -> str | None:
        """The primary server cluster: `eu1`, `eu2`, `us1` or `ap1`."""

    @property
    def logo(self) -> str | None:
        """URL of the company's logo."""

    @property
    def post_session_url(self) -> str | None:
        """Where viewers are sent after a screen share."""

    @property
    def remove_cw_branding(self) -> bool | None:
        """Whether CrankWheel's branding is taken off all that viewers see."""

    @property
    def session_limit(self) -> int | None:
        """Meetings allowed in a month; 99999999 means unlimited. Read-only, set by the plan."""

    @property
    def license_count(self) -> int | None:
        """Users that may be created; `None` and 99999999 mean unlimited. Read-only, set by the plan."""

    @property
    def current_plan(self) -> str | None:
        """API name of the plan, `unset_or_custom` without one. Read-only: change it with set plan."""

    @property
    def api_access_enabled(self) -> bool | None:
        """Whether the client may use CrankWheel's own API."""

    @property
    def integrations_enabled(self) -> bool | None:
        """Whether the client may use the Salesforce integration."""

    @property
    def demo_id(self) -> str | None:
        """The id in the Instant Demos snippet; `None` where Instant Demos are off. Read-only."""

    @property
    def first_exceeded_soft_limit(self) -> datetime | None:
        """When the soft limit was first exceeded; set or null together with `hard_limit_starts`."""

    @property
    def hard_limit_starts(self) -> datetime | None:
        """From when sessions beyond the limit are refused."""

    @property
    def settings(self) -> Settings:
        """The finer settings."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class Settings(_Model):
    """The finer settings of a client."""

    @property
    def id(self) -> str:
        """The id of the settings, a text; an update of settings must carry it. Empty if the answer has none."""

    @property
    def provisioning_provider(self) -> str | None:
        """`default` or `reseller`; single sign-on works with `reseller` only."""

    @property
    def provisioning_displayname(self) -> str | None:
        """What the place is called where users log in."""

    @property
    def provisioning_url(self) -> str | None:
        """Link to where users log in, or are added and removed."""

    @property
    def window(self) -> bool | None:
        """Whether a window may be shared."""

    @property
    def tab(self) -> bool | None:
        """Whether a browser tab may be shared."""

    @property
    def screen(self) -> bool | None:
        """Whether the whole screen may be shared."""

    @property
    def allow_edit_picture(self) -> bool | None:
        """Whether agents may change their picture."""

    @property
    def allow_edit_name(self) -> bool | None:
        """Whether agents may change their name."""

    @property
    def allow_edit_headline(self) -> bool | None:
        """Whether agents may change their headline."""

    @property
    def allow_changing_lobby_settings(self) -> bool | None:
        """Whether the client's administrators may change its `sname`."""

    @property
    def enable_remote_control(self) -> bool | None:
        """Whether remote control is on."""

    @property
    def audit_log(self) -> bool | None:
        """Whether the audit log is on."""

    @property
    def content_filter_pattern(self) -> str | None:
        """Match pattern of the pages that may be shared from a tab; older answers call it `black_list_pattern`."""

    @property
    def content_filter_regex(self) -> str | None:
        """What the server makes of the pattern; never set it. Older answers call it `black_list_regex`."""

    @property
    def sms_template(self) -> str | None:
        """Template of text messages; must hold `{{link}}`."""

    @property
    def email_invite_subject(self) -> str | None:
        """Subject of invitations by e-mail; may hold `{{userName}}` and `{{screenSharingLink}}`."""

    @property
    def email_invite_body(self) -> str | None:
        """Text of invitations by e-mail; must hold `{{screenSharingLink}}`."""

    @property
    def dod_field_order_template(self) -> str | None:
        """Instant Demos fields that come first, with commas between them."""

    @property
    def phone_conf_manual(self) -> bool | None:
        """Whether the phone conference provider is set by hand."""

    @property
    def phone_conf_provider(self) -> str | None:
        """The phone conference provider; only with `phone_conf_manual`."""

    @property
    def phone_conf_main_number(self) -> str | None:
        """Its main number; only with `phone_conf_manual`."""

    @property
    def phone_conf_extra_numbers(self) -> str | None:
        """Its other numbers; only with `phone_conf_manual`."""

    @property
    def lobby_url(self) -> str | None:
        """The client's own lobby URL."""

    @property
    def stay_in_lobby(self) -> bool | None:
        """Deprecated, stays false."""

    @property
    def auto_accept_in_lobby(self) -> bool | None:
        """Deprecated, stays false."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class Plan(_Model):
    """A plan that the reseller may set (the API document, Get Available Plans)."""

    @property
    def api_name(self) -> str:
        """The name to set it by."""

    @property
    def human_name(self) -> str | None:
        """The name to show."""

    @property
    def session_limit(self) -> int | None:
        """Interactions that a client under it may use; 99999999 means unlimited."""

    @property
    def license_count(self) -> int | None:
        """Named seats that a client under it may use; 99999999 means unlimited."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class ClientUsage(_Model):
    """How many meetings a client had in a period (the API document, Get Client Usage)."""

    @property
    def company_id(self) -> int:
        """The client's id."""

    @property
    def start(self) -> datetime | None:
        """Start of the period, as it was understood."""

    @property
    def end(self) -> datetime | None:
        """End of the period, as it was understood."""

    @property
    def min_seconds(self) -> int | None:
        """Screen shares shorter than this many seconds were not counted."""

    @property
    def num_sessions(self) -> int:
        """Meetings in the period."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class ClientBilling(_Model):
    """Which plans a client had in a period, and for how long (the API document, Get Client Billing Details)."""

    @property
    def company_id(self) -> int:
        """The client's id."""

    @property
    def sname(self) -> str | None:
        """The client's short name."""

    @property
    def lname(self) -> str | None:
        """The client's human-readable name."""

    @property
    def starting(self) -> datetime | None:
        """Start of the period."""

    @property
    def ending(self) -> datetime | None:
        """End of the period."""

    @property
    def total_period_seconds(self) -> int:
        """Length of the period in seconds."""

    @property
    def plans_pro_rata(self) -> dict[str, PlanProRata]:
        """Units by plan, a unit being the whole period."""

    @property
    def periods(self) -> BillingPeriodList:
        """The sub-periods, oldest first."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class BillingPeriod(_Model):
    """A part of the billed period with one plan in effect."""

    @property
    def api_name(self) -> str | None:
        """API name of the plan, `unset_or_custom` without one."""

    @property
    def human_name(self) -> str | None:
        """The plan's name to show."""

    @property
    def set_by(self) -> str | None:
        """Who set the plan: an e-mail address, `nobody`, or nothing."""

    @property
    def set_at(self) -> datetime | None:
        """When the plan was set."""

    @property
    def effective_from(self) -> datetime | None:
        """From when it was in effect within the period."""

    @property
    def effective_to(self) -> datetime | None:
        """Until when it was in effect within the period."""

    @property
    def effective_seconds(self) -> int:
        """How long it was in effect, in whole seconds (truncated)."""

    @property
    def pro_rata(self) -> float:
        """`effective_seconds / total_period_seconds`, as sent."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class PlanProRata(_Model):
    """For how many units of the period a plan was in effect."""

    @property
    def units(self) -> float:
        """Units, as sent; one unit is the whole period for one company."""

    @property
    def human_name(self) -> str | None:
        """The plan's name to show."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class BillingOverview(_Model):
    """The bill of all client companies (the API document, Get Billing Overview)."""

    @property
    def starting(self) -> datetime | None:
        """Start of the period, as it was asked for."""

    @property
    def ending(self) -> datetime | None:
        """End of the period, as it was asked for."""

    @property
    def per_company(self) -> ClientBillingList:
        """One entry for each client company."""

    @property
    def total_pro_rata(self) -> dict[str, PlanProRata]:
        """Units by plan over all companies; they add up to the number of companies."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class LoginOption(_Model):
    """A user account that an e-mail address can log in as (the API document, List Log-in Options)."""

    @property
    def email(self) -> str:
        """The address to ask a token for; can carry a prefix that ends in `-cw-`."""

    @property
    def client_id(self) -> int:
        """The client that this account belongs to."""

    @property
    def sname(self) -> str | None:
        """The client's short name."""

    @property
    def lname(self) -> str | None:
        """The client's human-readable name."""

    @property
    def role(self) -> str | None:
        """`user`, `admin` or `owner`."""

    @property
    def extra(self) -> dict[str, Any]:
        """Members that this version of the SDK does not know, as they came."""

@final
class UsageHistory(_Model):
    """All screen sharing sessions of a period, and their totals."""

    @property
    def sessions(self) -> SessionList:
        """The sessions, made on access."""

    @property
    def stats(self) -> UsageStats:
        """Totals, as the API adds them up."""

@final
class UsageStats(_Model):
    """Totals of a usage history."""

    @property
    def total_sec(self) -> int | None:
        """Seconds of all sessions together."""

    @property
    def total_count(self) -> int | None:
        """Number of sessions."""

    @property
    def user_stats(self) -> UserStatsList:
        """Totals by user and company; one e-mail address can appear for several companies."""

@final
class UserStats(_Model):
    """One user's totals at one company."""

    @property
    def email(self) -> str:
        """The user's e-mail address."""

    @property
    def sname(self) -> str | None:
        """The company's short name."""

    @property
    def lname(self) -> str | None:
        """The company's human-readable name."""

    @property
    def total_sec(self) -> int:
        """Seconds of this user's sessions."""

    @property
    def total_count(self) -> int:
        """Number of this user's sessions."""

@final
class Session(_Model):
    """One screen sharing session."""

    @property
    def email(self) -> str | None:
        """The presenter's e-mail address."""

    @property
    def sname(self) -> str | None:
        """The company's short name."""

    @property
    def lname(self) -> str | None:
        """The company's human-readable name."""

    @property
    def start_date(self) -> datetime | None:
        """When it began."""

    @property
    def end_date(self) -> datetime | None:
        """When it ended."""

    @property
    def duration(self) -> int | None:
        """``end_date - start_date`` in seconds."""

    @property
    def max_viewer_count(self) -> int | None:
        """The most viewers at one time (``viewer_info.max_viewer_count`` on the wire)."""

@final
class ClientList(_Rows[Client]):
    """A lazy sequence of `Client`."""

@final
class PlanList(_Rows[Plan]):
    """A lazy sequence of `Plan`."""

@final
class LoginOptionList(_Rows[LoginOption]):
    """A lazy sequence of `LoginOption`."""

@final
class ClientBillingList(_Rows[ClientBilling]):
    """A lazy sequence of `ClientBilling`."""

@final
class BillingPeriodList(_Rows[BillingPeriod]):
    """A lazy sequence of `BillingPeriod`."""

@final
class SessionList(_Rows[Session]):
    """A lazy sequence of `Session`."""

@final
class UserStatsList(_Rows[UserStats]):
    """A lazy sequence of `UserStats`."""

@final
class LoginLink:
    """A URL that logs its user in: whoever has it is that user, for two minutes. It hides itself."""

    @property
    def url(self) -> str:
        """The link: opens the dashboard, and the pop-up where CrankWheel is installed."""

    @property
    def dashboard_only(self) -> str:
        """The link that opens only the dashboard."""

    @property
    def popup_only(self) -> str:
        """The link that opens only the pop-up; open it in a new window or tab."""

    @property
    def expires_at(self) -> datetime:
        """Two minutes after the link was asked for, by this machine's clock."""

    def to_dict(self) -> dict[str, str]:
        """The wire form with the link hidden."""

@final
class ImpersonationKey:
    """A key that acts as an administrator of one client. It hides itself."""

    def reveal(self) -> str:
        """The key itself. Whoever calls this takes over keeping it out of logs."""

@final
class Period:
    """A period of time for usage and billing, both ends included. UTC unless ``tz`` names a zone."""

    def __new__(cls, start: Moment, end: Moment, tz: str | tzinfo | None = None) -> Self: ...
    @staticmethod
    def month(month: str, tz: str | tzinfo | None = None) -> Period:
        """One month, written ``2019-02``."""

    @staticmethod
    def months(first: str, last: str, tz: str | tzinfo | None = None) -> list[Period]:
        """Every month from the first to the last, both included, one period each."""

    @staticmethod
    def last_days(days: int) -> Period:
        """The last so many days, of 24 hours each, counted back from the moment of the call."""

    @staticmethod
    def parse(text: str) -> Period:
        """Reads ``2019-02``, ``2019``, ``2019-02-28``, or two ends with a slash between them."""

    @property
    def start(self) -> datetime:
        """The first microsecond; for `last_days` as of now."""

    @property
    def end(self) -> datetime:
        """The last microsecond; for `last_days` it is now."""

    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...

@final
class RawResponse(Generic[_T_co]):
    """An answer as it came, and what it means."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case."""

    @property
    def request_id(self) -> str | None:
        """The answer's ``x-request-id``."""

    @property
    def attempts(self) -> int:
        """How often the request was sent."""

    @property
    def content(self) -> bytes:
        """The body. That of a grant-token answer is a credential."""

    def parse(self) -> _T_co:
        """What the answer means, as the call without ``with_raw_response`` would have given it."""

@final
class RawBody:
    """The answer to a raw request."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case."""

    @property
    def request_id(self) -> str | None:
        """The answer's ``x-request-id``."""

    @property
    def content(self) -> bytes:
        """The body."""

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""

    def json(self) -> Any:
        """The body as JSON; ``None`` if it is empty."""

@final
class DryRun:
    """A request that was not sent, with the key taken out."""

    @property
    def method(self) -> str:
        """The method."""

    @property
    def url(self) -> str:
        """The whole URL."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case, the key as ``***``."""

    @property
    def body(self) -> str | None:
        """The JSON body as it would be sent; ``None`` if there is none."""

    def json(self) -> Any:
        """The JSON body as Python values."""

    @property
    def curl(self) -> str:
        """A line for a shell that sends the same request, with the key from ``$CRANKWHEEL_API_KEY``."""

@final
class Ticket(Generic[_T]):
    @property
    def future(self) -> asyncio.Future[_T]: ...
    def cancel(self) -> None: ...

@final
class PreparedCall(Generic[_T]):
    @overload
    def run(self, raw: Literal[False]) -> _T: ...
    @overload
    def run(self, raw: Literal[True]) -> RawResponse[_T]: ...
    @overload
    def start(self, raw: Literal[False]) -> Ticket[_T]: ...
    @overload
    def start(self, raw: Literal[True]) -> Ticket[RawResponse[_T]]: ...
    def dry_run(self) -> DryRun: ...

@final
class NativeClient:
    def __new__(cls, options: dict[str, Any], deferred_key: bool = False) -> Self: ...
    def with_options(self, options: dict[str, Any]) -> NativeClient: ...
    def impersonating(self, client: ClientArgument) -> NativeClient: ...
    def check_client(self, client: ClientArgument) -> None: ...
    def impersonation_key(self, client: ClientArgument) -> ImpersonationKey: ...
    def diagnose(self) -> str: ...
    def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def base_url(self) -> str: ...
    @property
    def read_only(self) -> bool: ...

def clients_list(session: NativeClient) -> PreparedCall[ClientList]: ...
def clients_create(session: NativeClient, given: dict[str, Any]) -> PreparedCall[Client]: ...
def clients_get(session: NativeClient, client: ClientArgument) -> PreparedCall[Client]: ...
def clients_update(
    session: NativeClient, client: ClientArgument, given: dict[str, Any]
) -> PreparedCall[None]: ...
def clients_delete(session: NativeClient, client: ClientArgument) -> PreparedCall[None]: ...
def clients_set_plan(
    session: NativeClient, client: ClientArgument, plan: PlanArgument
) -> PreparedCall[None]: ...
def clients_usage(
    session: NativeClient, client: ClientArgument, period: PeriodArgument | None, min_seconds: int | None
) -> PreparedCall[ClientUsage]: ...
def clients_billing(
    session: NativeClient, client: ClientArgument, period: PeriodArgument | None
) -> PreparedCall[ClientBilling]: ...
def clients_find(session: NativeClient, sname: str) -> PreparedCall[Client | None]: ...
def clients_get_or_create(
    session: NativeClient, given: dict[str, Any]
) -> PreparedCall[tuple[Client, bool]]: ...
def sso_grant_token(
    session: NativeClient,
    email: str,
    create_in: ClientArgument | None,
    dest_url: str | None,
    multi_login: bool,
) -> PreparedCall[LoginLink]: ...
def sso_login_options(session: NativeClient, email: str) -> PreparedCall[LoginOptionList]: ...
def reseller_billing(
    session: NativeClient, period: PeriodArgument | None
) -> PreparedCall[BillingOverview]: ...
def reseller_usage(session: NativeClient, period: PeriodArgument | None) -> PreparedCall[UsageHistory]: ...
def reseller_plans(session: NativeClient) -> PreparedCall[PlanList]: ...
def raw_request(
    session: NativeClient, method: str, path: str, query: Query | None, json: Any
) -> PreparedCall[RawBody]: ...

@final
class SandboxHandle:
    def __new__(
        cls,
        clients: int,
        days: int,
        seed: int,
        port: int,
        now: datetime | str | None,
        body_on_204: bool,
        api_key: str | None,
    ) -> Self: ...
    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def read_only_key(self) -> str: ...
    def requests(self) -> list[dict[str, Any]]: ...
    def clear_requests(self) -> None: ...
    def now(self) -> datetime: ...
    def set_now(self, time: datetime | str) -> None: ...
    def advance(self, by: timedelta) -> None: ...
    def freeze(self) -> None: ...
    def unfreeze(self) -> None: ...
    def add_user(self, client_id: int, email: str, role: str) -> None: ...
    def add_session(
        self, client_id: int, email: str, start: datetime | str, duration: timedelta, viewers: int
    ) -> None: ...
    def add_plan(self, api_name: str, human_name: str, session_limit: int, license_count: int) -> None: ...
    def respond(
        self,
        method: str,
        path: str,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
        times: int | None,
    ) -> None: ...
    def add_key(self, key: str, read_only: bool, owner: str) -> None: ...
    def fail(self, rule: str) -> None: ...
    def clear_faults(self) -> None: ...
    def snapshot(self) -> str: ...
    def restore(self, snapshot: str) -> None: ...
    def control(self, method: str, path: str, body: str) -> Any: ...
    def reset(self) -> None: ...
    def stop(self) -> None: ...

def run_sandbox(arguments: list[str]) -> int: ...
