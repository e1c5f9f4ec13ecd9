"""The compiled part of `crankwheel`; import from `crankwheel` instead."""

# The packages of tables are optional, and some have no types: what they define is then of any type.
# pyright: reportMissingImports=false, reportMissingTypeStubs=false, reportUnknownMemberType=false

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar, final, overload, type_check_only

import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]
import polars as pl  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pyarrow as pa  # type: ignore[import-not-found, import-untyped, unused-ignore]
from typing_extensions import Self

from .types import ClientArgument, Moment, PeriodArgument, PlanArgument, Query

_T = TypeVar("_T")
_Row_co = TypeVar("_Row_co", covariant=True)
_T_co = TypeVar("_T_co", covariant=True)

__version__: str

@type_check_only
class _Model(Mapping[str, Any]):
    """A response, or a part of one: typed attributes, which are also the keys of a mapping.

    The keys of unknown members come last, with their raw values. ``to_dict()`` returns the raw JSON.
    """

    def to_dict(self) -> dict[str, Any]:
        """Returns the raw JSON as a dict."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Creates a model for tests.

        Args:
            values (Mapping): The members in the form of the raw JSON, as `to_dict()` returns them.
                Times may be datetimes, and parts may be models. Unknown members are kept.

        Raises:
            InvalidRequestError: A required member is missing, or a value is not valid.
            TypeError: The argument is not a mapping.
        """

    def __getitem__(self, key: str, /) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def get(self, key: str, default: Any = None, /) -> Any:
        """Returns the value of a name, or `default` if there is none."""

    def _ipython_key_completions_(self) -> list[str]: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...
    @classmethod
    def _from_wire(cls, text: str, check: Callable[[Self], None] | None = None) -> Self: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@type_check_only
class _Table:
    """A result that is a table for pandas, polars, pyarrow, DuckDB and other libraries.

    The types of its columns depend on the class only, not on the values; the README lists them.
    Members that this version of the SDK does not know are in columns of JSON such as `extra`, which
    a table has only if a row has such members.
    """

    def to_pandas(self, *, categories: bool = False) -> pd.DataFrame:
        """Returns the table as a `pandas.DataFrame`. It needs pandas, not pyarrow.

        Strings are `str` columns (`object` before pandas 3), times `datetime64[us, UTC]`. Integers
        and booleans that can be `None` are `Int64` and `boolean`, also where none is missing, and
        the others `int64`.

        Args:
            categories (bool): Return the strings as categories. They use less memory, but
                categories of two tables do not concatenate. Default: False.

        Raises:
            ModuleNotFoundError: pandas is not installed; the extra `crankwheel[pandas]` installs
                it.

        Example:
            >>> cw.reseller.usage("2019-02").to_pandas().groupby("sname")["duration"].sum()
        """

    def to_polars(self, *, categories: bool = False) -> pl.DataFrame:
        """Returns the table as a `polars.DataFrame`. It needs polars, not pyarrow.

        Args:
            categories (bool): Return the strings of a usage history as `Categorical`, not `String`.
                They use less memory, but do not join with strings. Default: False.

        Raises:
            ModuleNotFoundError: polars is not installed; the extra `crankwheel[polars]` installs
                it.

        Example:
            >>> cw.reseller.usage("2019-02").to_polars().group_by("sname").len()
        """

    def to_arrow(self) -> pa.Table:
        """Returns the table as a `pyarrow.Table`. The sessions are not copied.

        Raises:
            ModuleNotFoundError: pyarrow is not installed; the extra `crankwheel[arrow]` installs
                it.

        Example:
            >>> cw.clients.list().to_arrow().column_names
        """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Returns the table as a stream of Arrow's C interface, in a capsule: `pl.DataFrame(result)`
        and DuckDB's `select * from result` read it. `requested_schema` is ignored.
        """

    def __arrow_c_schema__(self) -> object:
        """Returns the schema of the table in a capsule."""

@type_check_only
class _Rows(_Table, Sequence[_Row_co]):
    """A lazy sequence: rows are created on access."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _Row_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[_Row_co]: ...
    def to_list(self) -> list[dict[str, Any]]:
        """Returns the rows as raw JSON."""

    @classmethod
    def from_list(cls, rows: Sequence[Any]) -> Self:
        """Creates a list for tests.

        Args:
            rows (Sequence): The rows in the form of the raw JSON, as `to_list()` returns them, or
                models.

        Raises:
            InvalidRequestError: A required member is missing, or a value is not valid.
            TypeError: The argument is not a list of mappings or models.
        """

    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...
    @classmethod
    def _from_wire(cls, text: str, check: Callable[[Self], None] | None = None) -> Self: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

# generated: models (by `cargo xtask generate` from the contract; do not edit)
@final
class Client(_Model):
    """A client company of the reseller. All fields but `id`, `sname` and `settings` can be `None`
    or absent. Unknown fields must be tolerated.
    """

    @property
    def id(self) -> int:
        """The unique id of the client account. It never changes."""

    @property
    def sname(self) -> str:
        """The short name, which is the last part of the company's links. It is a string even if it
        consists of digits only. Older names may break the rules for new ones.
        """

    @property
    def lname(self) -> str | None:
        """The human-readable name, which viewers see too."""

    @property
    def smsname(self) -> str | None:
        """The sender name of SMS messages, shown in countries that support sender names."""

    @property
    def host(self) -> str | None:
        """The host name in the company's links: `meeting.is` (the default) or `syna.is`."""

    @property
    def hl(self) -> str | None:
        """The language of the viewers' interface: `en`, `de`, `fi`, `fr`, `is`, `it`, `ja`, `nl`,
        `no` or `pl`.
        """

    @property
    def geo(self) -> str | None:
        """The primary server cluster: `eu1` (Ireland, the default), `eu2` (Frankfurt), `us1` (Ohio)
        or `ap1` (Singapore).
        """

    @property
    def logo(self) -> str | None:
        """The URL of the company's logo."""

    @property
    def post_session_url(self) -> str | None:
        """The URL that viewers are sent to after a screen share. If `None`, they see CrankWheel's
        own page.
        """

    @property
    def remove_cw_branding(self) -> bool | None:
        """Removes CrankWheel's branding from everything that viewers see. Off by default."""

    @property
    def session_limit(self) -> int | None:
        """The number of meetings allowed in a month; 99999999 means unlimited. It can be `None` for
        a client that was just created. Read-only: it follows from the plan.
        """

    @property
    def license_count(self) -> int | None:
        """The number of users that may be created; `None` and 99999999 mean unlimited. Read-only:
        it follows from the plan.
        """

    @property
    def current_plan(self) -> str | None:
        """The API name of the plan, or `unset_or_custom` without one. Read-only: set plan changes
        it.
        """

    @property
    def api_access_enabled(self) -> bool | None:
        """Allows the client to use CrankWheel's own API. On by default."""

    @property
    def integrations_enabled(self) -> bool | None:
        """Allows the client to use the Salesforce integration. Off by default."""

    @property
    def demo_id(self) -> str | None:
        """The id in the Instant Demos snippet, or `None` if Instant Demos are off. Read-only."""

    @property
    def first_exceeded_soft_limit(self) -> datetime | None:
        """The time at which the client first exceeded its soft limit and its probationary period
        began. It is set or `None` together with `hard_limit_starts`.
        """

    @property
    def hard_limit_starts(self) -> datetime | None:
        """The time from which screen shares beyond `session_limit` are refused. It is set or `None`
        together with `first_exceeded_soft_limit`.
        """

    @property
    def settings(self) -> Settings:
        """The fine-grained settings of the client."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class Settings(_Model):
    """The fine-grained settings of a client. Show, create and update call the filter fields by
    their older names `black_list_*`.
    """

    @property
    def id(self) -> str:
        """The id of the settings object. An update of settings must repeat it."""

    @property
    def provisioning_provider(self) -> str | None:
        """The provider of user accounts: `default` or `reseller`. Single sign-on works with
        `reseller` only.
        """

    @property
    def provisioning_displayname(self) -> str | None:
        """The descriptive name of the place where users log in and are managed."""

    @property
    def provisioning_url(self) -> str | None:
        """The URL of the place where users log in and are managed."""

    @property
    def window(self) -> bool | None:
        """Allows agents to share a window. On by default."""

    @property
    def tab(self) -> bool | None:
        """Allows agents to share a browser tab. On by default."""

    @property
    def screen(self) -> bool | None:
        """Allows agents to share the whole screen. On by default."""

    @property
    def allow_edit_picture(self) -> bool | None:
        """Allows agents to change their picture. On by default."""

    @property
    def allow_edit_name(self) -> bool | None:
        """Allows agents to change their name. On by default."""

    @property
    def allow_edit_headline(self) -> bool | None:
        """Allows agents to change their headline. On by default."""

    @property
    def allow_changing_lobby_settings(self) -> bool | None:
        """Allows the client's administrators to change its `sname`. On by default."""

    @property
    def enable_remote_control(self) -> bool | None:
        """Enables remote control. Off by default."""

    @property
    def audit_log(self) -> bool | None:
        """Enables the audit log. Off by default."""

    @property
    def content_filter_pattern(self) -> str | None:
        """The match pattern of the pages that agents may share from a browser tab. Some responses
        call it `black_list_pattern`.
        """

    @property
    def content_filter_regex(self) -> str | None:
        """The regular expression that the server derives from `content_filter_pattern`. Read-only.
        Some responses call it `black_list_regex`.
        """

    @property
    def sms_template(self) -> str | None:
        """The template of SMS messages to viewers. It contains `{{link}}`, which becomes the link
        to the session.
        """

    @property
    def email_invite_subject(self) -> str | None:
        """The subject of e-mail invitations. It may contain `{{userName}}` and
        `{{screenSharingLink}}`.
        """

    @property
    def email_invite_body(self) -> str | None:
        """The body of e-mail invitations. It contains `{{screenSharingLink}}` and may contain
        `{{userName}}`.
        """

    @property
    def dod_field_order_template(self) -> str | None:
        """The Instant Demos fields to show first, in this order, separated by commas."""

    @property
    def phone_conf_manual(self) -> bool | None:
        """Enables the phone conference fields, which configure the provider by hand. Off by
        default.
        """

    @property
    def phone_conf_provider(self) -> str | None:
        """The phone conference provider. Used only if `phone_conf_manual` is true."""

    @property
    def phone_conf_main_number(self) -> str | None:
        """The main number of the phone conference. Used only if `phone_conf_manual` is true."""

    @property
    def phone_conf_extra_numbers(self) -> str | None:
        """The other numbers of the phone conference. Used only if `phone_conf_manual` is true."""

    @property
    def lobby_url(self) -> str | None:
        """The client's own URL of its lobby, shown to presenters. It must redirect to the lobby or
        embed it.
        """

    @property
    def stay_in_lobby(self) -> bool | None:
        """Deprecated: it stays false."""

    @property
    def auto_accept_in_lobby(self) -> bool | None:
        """Deprecated: it stays false."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class Plan(_Model):
    """A plan that the reseller can set for its clients."""

    @property
    def api_name(self) -> str:
        """The API name of the plan, as set plan takes it."""

    @property
    def human_name(self) -> str | None:
        """The human-readable name of the plan."""

    @property
    def session_limit(self) -> int | None:
        """The number of meetings that a client with this plan may have in a month; 99999999 means
        unlimited.
        """

    @property
    def license_count(self) -> int | None:
        """The number of users that a client with this plan may have; `None` and 99999999 mean
        unlimited.
        """

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class ClientUsage(_Model):
    """The number of meetings that a client had in a period."""

    @property
    def company_id(self) -> int:
        """The client's id. This response sends it as a string of digits, every other response as an
        integer.
        """

    @property
    def start(self) -> datetime | None:
        """The start of the period, as the server understood it."""

    @property
    def end(self) -> datetime | None:
        """The end of the period, as the server understood it."""

    @property
    def min_seconds(self) -> int | None:
        """The minimum duration in seconds: shorter screen shares are not counted."""

    @property
    def num_sessions(self) -> int:
        """The number of meetings in the period."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class ClientBilling(_Table, _Model):
    """The plans that a client had in a period, and for how long."""

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
        """The start of the period, as requested."""

    @property
    def ending(self) -> datetime | None:
        """The end of the period, as requested."""

    @property
    def total_period_seconds(self) -> int:
        """The length of the period in whole seconds, truncated."""

    @property
    def plans_pro_rata(self) -> dict[str, PlanProRata]:
        """The units of each plan in the period, by the plan's API name. One unit is the whole
        period.
        """

    @property
    def periods(self) -> BillingPeriodList:
        """The sub-periods, oldest first. Because seconds are truncated, their sum can be one second
        short for each boundary.
        """

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class BillingPeriod(_Model):
    """A part of the billed period in which one plan was in effect."""

    @property
    def api_name(self) -> str | None:
        """The API name of the plan, or `unset_or_custom` without one."""

    @property
    def human_name(self) -> str | None:
        """The human-readable name of the plan."""

    @property
    def set_by(self) -> str | None:
        """The e-mail address of the administrator who set the plan, `nobody`, or `None`."""

    @property
    def set_at(self) -> datetime | None:
        """The time at which the plan was set."""

    @property
    def effective_from(self) -> datetime | None:
        """The time from which the plan was in effect within the period."""

    @property
    def effective_to(self) -> datetime | None:
        """The time until which the plan was in effect within the period."""

    @property
    def effective_seconds(self) -> int:
        """The time that the plan was in effect, in whole seconds, truncated."""

    @property
    def pro_rata(self) -> float:
        """The quotient of `effective_seconds` and the period's `total_period_seconds`, as sent."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class PlanProRata(_Model):
    """The part of a period in which a plan was in effect."""

    @property
    def units(self) -> float:
        """The number of units, as sent. One unit is the whole period for one company. It can be
        written as an integer.
        """

    @property
    def human_name(self) -> str | None:
        """The human-readable name of the plan."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class BillingOverview(_Table, _Model):
    """The bills of all client companies in a period."""

    @property
    def starting(self) -> datetime | None:
        """The start of the period, as requested."""

    @property
    def ending(self) -> datetime | None:
        """The end of the period, as requested."""

    @property
    def per_company(self) -> ClientBillingList:
        """The bills, one for each client company."""

    @property
    def total_pro_rata(self) -> dict[str, PlanProRata]:
        """The units of each plan over all companies, by the plan's API name. Their sum is the
        number of companies.
        """

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

@final
class LoginOption(_Model):
    """A user account that an e-mail address can log in to."""

    @property
    def email(self) -> str:
        """The e-mail address to request a login link for. It can carry a prefix that ends in
        `-cw-`.
        """

    @property
    def client_id(self) -> int:
        """The id of the client that the account belongs to."""

    @property
    def sname(self) -> str | None:
        """The client's short name."""

    @property
    def lname(self) -> str | None:
        """The client's human-readable name."""

    @property
    def role(self) -> str | None:
        """The role of the account: `user`, `admin` or `owner`."""

    @property
    def wire_text(self) -> str:
        """The raw JSON as a string: every digit and every unknown member."""

    @property
    def extra(self) -> dict[str, Any]:
        """The members that this version of the SDK does not know, as sent."""

# end of generated: models

@final
class UsageHistory(_Table, _Model):
    """All screen-sharing sessions of a period, and their totals."""

    @property
    def sessions(self) -> SessionList:
        """The sessions, a lazy sequence of `Session`."""

    @property
    def stats(self) -> UsageStats:
        """The totals, as computed by the API."""

    def with_clients(self, clients: Iterable[Client]) -> UsageHistory:
        """Returns the history with the ids of these clients on its rows.

        `client_id` of the sessions and of `stats.user_stats` is the id of the client with the row's
        `sname`, or `None` without one. It copies no session. `to_dict()` stays the response, which
        has no ids.

        Args:
            clients (Iterable[Client]): The clients, such as `cw.clients.list()`. Of clients with
                the same `sname`, the first counts.

        Raises:
            InvalidRequestError: `clients` is not an iterable of `Client`.

        Example:
            >>> history = cw.reseller.usage("2019-02").with_clients(cw.clients.list())
            >>> history.sessions[0].client_id
        """

    def count_meetings(self, min_seconds: int | None = None) -> Counter[str]:
        """Counts the meetings of each company, by `sname`, as `cw.clients.usage` does for one
        client, without a request for each client.

        The history has every session; a meeting is one of at least `min_seconds` with at least one
        viewer (the API document, Get Client Usage). That is why the history has more sessions than
        the API counts meetings. A session without a duration, a viewer count or a company is not
        counted.

        If the history has its clients (`with_clients`), they come first, in their order, and
        clients without a meeting have the count 0. Other companies follow in the order of their
        first sessions.

        The API also counts Instant Demo requests that led to a phone call. Those without a screen
        share are not in the history, so for clients that use Instant Demo its count can be higher.

        Args:
            min_seconds (int | None): The shortest meeting in seconds. Default: 40, as the API's.

        Raises:
            InvalidRequestError: `min_seconds` is not an integer from 0 to 4294967295.

        Example:
            >>> history = cw.reseller.usage("2019-02")
            >>> history.count_meetings().most_common(3)
        """

@final
class UsageStats(_Model):
    """The totals of a usage history, as computed by the API."""

    @property
    def total_sec(self) -> int | None:
        """The total duration of all sessions, in seconds."""

    @property
    def total_count(self) -> int | None:
        """The number of sessions."""

    @property
    def user_stats(self) -> UserStatsList:
        """The totals by user and company; one e-mail address can appear for several companies."""

@final
class UserStats(_Model):
    """The totals of one user at one company."""

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
        """The total duration of this user's sessions, in seconds."""

    @property
    def total_count(self) -> int:
        """The number of this user's sessions."""

    @property
    def client_id(self) -> int | None:
        """The client's id, `None` unless the history has its clients (`with_clients`)."""

@final
class Session(_Model):
    """One screen-sharing session."""

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
        """The time at which the session began."""

    @property
    def end_date(self) -> datetime | None:
        """The time at which the session ended."""

    @property
    def duration(self) -> int | None:
        """The duration in seconds: ``end_date - start_date``."""

    @property
    def max_viewer_count(self) -> int | None:
        """The largest number of viewers at one time (``viewer_info.max_viewer_count``)."""

    @property
    def client_id(self) -> int | None:
        """The client's id, `None` unless the history has its clients (`with_clients`)."""

@final
class ClientList(_Rows[Client]):
    """A lazy sequence of `Client`."""

    def by_id(self, id: int, /) -> Client | None:
        """Returns the client with this `id`, or `None` if the list does not have it.

        The first lookup builds an index of the list; the following ones do not depend on its length.

        Args:
            id (int): The client's id. NumPy's integers are accepted.

        Raises:
            InvalidRequestError: `id` is not an integer of at most 64 bits.

        Example:
            >>> clients = cw.clients.list()
            >>> clients.by_id(27084)
        """

    def by_sname(self, sname: str, /) -> Client | None:
        """Returns the first client with this `sname`, or `None` if the list does not have it.

        Args:
            sname (str): The client's short name. Case counts.

        Raises:
            InvalidRequestError: `sname` is not a string.

        Example:
            >>> clients = cw.clients.list()
            >>> clients.by_sname("acmecorp")
        """

@final
class PlanList(_Rows[Plan]):
    """A lazy sequence of `Plan`."""

    def by_api_name(self, api_name: str, /) -> Plan | None:
        """Returns the plan with this `api_name`, or `None` if the list does not have it.

        Args:
            api_name (str): The plan's API name, such as `Client.current_plan`.

        Raises:
            InvalidRequestError: `api_name` is not a string.

        Example:
            >>> plans = cw.reseller.plans()
            >>> plans.by_api_name("plan_1")
        """

@final
class LoginOptionList(_Rows[LoginOption]):
    """A lazy sequence of `LoginOption`."""

    def by_sname(self, sname: str, /) -> LoginOption | None:
        """Returns the first account at the company with this `sname`, or `None` if the list does not
        have it.

        Args:
            sname (str): The company's short name. Case counts.

        Raises:
            InvalidRequestError: `sname` is not a string.

        Example:
            >>> options = cw.sso.login_options("agent@acme.example")
            >>> options.by_sname("acmecorp")
        """

@final
class ClientBillingList(_Rows[ClientBilling]):
    """A lazy sequence of `ClientBilling`."""

    def by_company_id(self, company_id: int, /) -> ClientBilling | None:
        """Returns the bill of the client with this id, or `None` if the list does not have it.

        Args:
            company_id (int): The client's id. NumPy's integers are accepted.

        Raises:
            InvalidRequestError: `company_id` is not an integer of at most 64 bits.

        Example:
            >>> overview = cw.reseller.billing("2019-02")
            >>> overview.per_company.by_company_id(27084)
        """

    def by_sname(self, sname: str, /) -> ClientBilling | None:
        """Returns the first bill of the client with this `sname`, or `None` if the list does not
        have it.

        Args:
            sname (str): The client's short name. Case counts.

        Raises:
            InvalidRequestError: `sname` is not a string.

        Example:
            >>> overview = cw.reseller.billing("2019-02")
            >>> overview.per_company.by_sname("acmecorp")
        """

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
    """A URL that logs its user in, valid for two minutes. Whoever has it can act as that user.

    Only `url`, `dashboard_only` and `popup_only` reveal it. Printing and `to_dict()` hide it, and
    it cannot be pickled.
    """

    @property
    def url(self) -> str:
        """The link, which opens the dashboard, and the pop-up if CrankWheel is installed."""

    @property
    def dashboard_only(self) -> str:
        """The link that opens only the dashboard."""

    @property
    def popup_only(self) -> str:
        """The link that opens only the pop-up; open it in a new window or tab."""

    @property
    def expires_at(self) -> datetime:
        """The time at which the link expires: two minutes after the request, by the clock of the client."""

    def to_dict(self) -> dict[str, str]:
        """Returns the raw JSON with the link hidden."""

@final
class ImpersonationKey:
    """A key for requests as an administrator of one client. It contains your own API key.

    `reveal()` returns it. Printing hides it, and it cannot be pickled.
    """

    def reveal(self) -> str:
        """Returns the key. Keep it out of logs."""

@type_check_only
class _PandasPeriod(Protocol):
    """A period of pandas."""

    @property
    def start_time(self) -> Any: ...
    @property
    def end_time(self) -> Any: ...
    @property
    def freqstr(self) -> str: ...

@final
class Period:
    """A period of time for usage and billing, both ends included.

    Every argument that takes a `Period` also takes a string such as ``"2019-02"``.

    Args:
        start (datetime, date or str): The first moment: an aware datetime, a date, or an RFC 3339
            string.
        end (datetime, date or str): The last moment. A date includes that day.
        tz (str or tzinfo, optional): The time zone of dates: an IANA name such as
            ``"Europe/Berlin"``, an offset such as ``"+02:00"``, or a `tzinfo` with one. Defaults to
            UTC.

    Raises:
        InvalidRequestError: An end is not valid, a datetime has no time zone, or the end is before
            the start.

    Example:
        >>> from crankwheel import Period
        >>> str(Period("2019-02-01", "2019-02-28"))
        '2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z'
    """

    def __new__(
        cls, start: Moment | _PandasPeriod, end: Moment | _PandasPeriod, tz: str | tzinfo | None = None
    ) -> Self: ...
    @staticmethod
    def month(month: str | _PandasPeriod, tz: str | tzinfo | None = None) -> Period:
        """Returns one month.

        Args:
            month (str or pandas.Period): The month, such as ``2019-02``.
            tz (str or tzinfo, optional): The time zone. Defaults to UTC.

        Example:
            >>> str(Period.month("2019-03", tz="Europe/Berlin"))
            '2019-03[Europe/Berlin]'
        """

    @staticmethod
    def months(
        first: str | _PandasPeriod, last: str | _PandasPeriod, tz: str | tzinfo | None = None
    ) -> list[Period]:
        """Returns one period for each month from the first to the last, both included.

        Args:
            first (str or pandas.Period): The first month, such as ``2019-01``.
            last (str or pandas.Period): The last month.
            tz (str or tzinfo, optional): The time zone. Defaults to UTC.

        Example:
            >>> [month.label for month in Period.months("2018-12", "2019-02", tz="Europe/Berlin")]
            ['2018-12', '2019-01', '2019-02']
        """

    @staticmethod
    def this_month(tz: str | tzinfo | None = None, *, now: datetime | str | None = None) -> Period:
        """Returns the current month, from its first day to its last.

        Args:
            tz (str or tzinfo, optional): The time zone. Defaults to UTC.
            now (datetime or str, optional): The current time, for tests. Defaults to that of the
                system's clock.

        Example:
            >>> Period.this_month(now="2019-03-15T12:00:00Z").label
            '2019-03'
        """

    @staticmethod
    def last_month(tz: str | tzinfo | None = None, *, now: datetime | str | None = None) -> Period:
        """Returns the month before the current one.

        Args:
            tz (str or tzinfo, optional): The time zone. Defaults to UTC.
            now (datetime or str, optional): The current time, for tests. Defaults to that of the
                system's clock.

        Example:
            >>> Period.last_month(tz="Europe/Berlin", now="2019-02-28T23:30:00Z").label
            '2019-02'
        """

    @staticmethod
    def last_days(days: int, *, now: datetime | str | None = None) -> Period:
        """Returns the last days, each of 24 hours, until the time of the call that uses the period.

        Args:
            days (int): The number of days.
            now (datetime or str, optional): The end, for tests. Defaults to the time of the call, by
                the clock of the client: that of the sandbox for a sandbox's client.

        Example:
            >>> Period.last_days(28)
            Period.last_days(28)
        """

    @staticmethod
    def parse(text: str, tz: str | tzinfo | None = None) -> Period:
        """Parses ``2019-02``, ``2019``, ``2019-02-28``, ``2019-02-01/2019-02-14`` or the like.

        Args:
            text (str): A month, a year, a day, or two ends separated by a slash. A time zone can
                follow in brackets: ``2019-02[Europe/Berlin]``.
            tz (str or tzinfo, optional): The time zone of dates. Defaults to UTC.

        Example:
            >>> Period.parse("2019-02") == Period.month("2019-02")
            True
        """

    @property
    def label(self) -> str:
        """The shortest name of the period: ``2019-02``, ``2019``, ``2019-02-28``, or both ends."""

    @property
    def tz(self) -> str:
        """The name of the time zone: an IANA name, ``UTC``, or an offset such as ``+02:00``."""

    @property
    def start(self) -> datetime:
        """The first microsecond, in the period's time zone; for `last_days`, as of now."""

    @property
    def end(self) -> datetime:
        """The last microsecond, in the period's time zone; for `last_days`, the current time."""

    def __hash__(self) -> int: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any, /) -> Self: ...

class RawBody:
    """The response to a raw request. Printing it does not show the body."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case."""

    @property
    def request_id(self) -> str | None:
        """The response's ``x-request-id``."""

    @property
    def attempts(self) -> int:
        """The number of attempts."""

    @property
    def body(self) -> bytes:
        """The body as bytes. That of a grant-token response is a credential."""

    @property
    def text(self) -> str:
        """The body as a string; bytes that are not UTF-8 are replaced."""

    def json(self) -> Any:
        """Parses the body as JSON; returns ``None`` if it is empty.

        Raises:
            APIResponseError: The body is not JSON.
        """

@final
class RawResponse(RawBody, Generic[_T_co]):
    """The response to an operation; ``parse()`` returns its value."""

    def parse(self) -> _T_co:
        """Returns the value of the call without ``with_raw_response``, or raises its error."""

@final
class DryRun:
    """A request that was not sent. It does not contain the API key."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def url(self) -> str:
        """The URL with its query."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case; the key is ``***``."""

    @property
    def body(self) -> str | None:
        """The JSON body, as it would be sent; ``None`` if the request has no body."""

    def json(self) -> Any:
        """Returns the JSON body as Python values."""

    @property
    def curl(self) -> str:
        """A `curl` command for the same request, with the key from ``$CRANKWHEEL_API_KEY``."""

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
    def run_on_workers(self, raw: Literal[False]) -> _T: ...
    @overload
    def run_on_workers(self, raw: Literal[True]) -> RawResponse[_T]: ...
    @overload
    def start(self, raw: Literal[False]) -> Ticket[_T]: ...
    @overload
    def start(self, raw: Literal[True]) -> Ticket[RawResponse[_T]]: ...
    def watch(self, watch: Callable[[_Counts, bool], None]) -> None: ...
    @property
    def watcher(self) -> Any: ...
    def progress(self) -> _Counts | None: ...
    def dry_run(self) -> DryRun: ...

_Counts: TypeAlias = tuple[int, int | None, int]

@final
class NativeClient:
    def __new__(
        cls, options: dict[str, Any], key: Callable[[], str | Awaitable[str]] | None = None
    ) -> Self: ...
    def with_options(
        self, options: dict[str, Any], key: Callable[[], str | Awaitable[str]] | None = None
    ) -> NativeClient: ...
    def impersonating(self, client: ClientArgument) -> NativeClient: ...
    def check_client(self, client: ClientArgument) -> None: ...
    def impersonation_key(self, client: ClientArgument) -> ImpersonationKey: ...
    def diagnose(self) -> str: ...
    def close(self) -> None: ...
    def drain(self, timeout: float | timedelta | None = None) -> None: ...
    def start_draining(self, timeout: float | timedelta | None = None) -> Ticket[None] | None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def base_url(self) -> str: ...
    @property
    def read_only(self) -> bool: ...

# generated: operations (by `cargo xtask generate` from the contract and tables/; do not edit)
def clients_list(native: NativeClient) -> PreparedCall[ClientList]: ...
def clients_get(native: NativeClient, client: ClientArgument) -> PreparedCall[Client]: ...
def clients_find(native: NativeClient, sname: str) -> PreparedCall[Client | None]: ...
def clients_create(native: NativeClient, fields: dict[str, Any]) -> PreparedCall[Client]: ...
def clients_get_or_create(
    native: NativeClient, fields: dict[str, Any]
) -> PreparedCall[tuple[Client, bool]]: ...
def clients_update(
    native: NativeClient, client: ClientArgument, fields: dict[str, Any]
) -> PreparedCall[None]: ...
def clients_delete(native: NativeClient, client: ClientArgument) -> PreparedCall[None]: ...
def clients_set_plan(
    native: NativeClient, client: ClientArgument, plan: PlanArgument
) -> PreparedCall[None]: ...
def clients_usage(
    native: NativeClient, client: ClientArgument, period: PeriodArgument | None, min_seconds: int | None
) -> PreparedCall[ClientUsage]: ...
def clients_billing(
    native: NativeClient, client: ClientArgument, period: PeriodArgument | None
) -> PreparedCall[ClientBilling]: ...
def sso_grant_token(
    native: NativeClient,
    email: str,
    create_in: ClientArgument | None,
    dest_url: str | None,
    multi_login: bool,
) -> PreparedCall[LoginLink]: ...
def sso_login_options(native: NativeClient, email: str) -> PreparedCall[LoginOptionList]: ...
def reseller_billing(
    native: NativeClient, period: PeriodArgument | None
) -> PreparedCall[BillingOverview]: ...
def reseller_usage(native: NativeClient, period: PeriodArgument | None) -> PreparedCall[UsageHistory]: ...
def reseller_plans(native: NativeClient) -> PreparedCall[PlanList]: ...

# end of generated: operations

def raw_request(
    native: NativeClient, method: str, path: str, query: Query | None, json: Any
) -> PreparedCall[RawBody]: ...

@final
class Memory:
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

@final
class Table:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
    def with_string_views(self) -> Self: ...
    def columns(
        self,
    ) -> list[tuple[str, str, bool, list[tuple[int, Memory, Memory | None]], list[str] | None]]: ...

@final
class SandboxHandle:
    def __new__(cls, options: dict[str, Any]) -> Self: ...
    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def read_only_key(self) -> str: ...
    def with_clock(self, client: NativeClient) -> NativeClient: ...
    def requests(self) -> list[dict[str, Any]]: ...
    def clear_requests(self) -> None: ...
    def now(self) -> datetime: ...
    def set_now(self, time: datetime | str) -> None: ...
    def advance(self, by: timedelta | None, units: dict[str, float]) -> None: ...
    def freeze(self) -> None: ...
    def unfreeze(self) -> None: ...
    def add_user(self, client: ClientArgument, email: str, role: str) -> None: ...
    def add_session(
        self, client: ClientArgument, email: str, start: datetime | str, duration: timedelta, viewers: int
    ) -> None: ...
    def add_plan(self, api_name: str, human_name: str, session_limit: int, license_count: int) -> None: ...
    def add_plan_change(
        self, client: ClientArgument, plan: PlanArgument, at: datetime | str | None, set_by: str | None
    ) -> None: ...
    def respond(
        self,
        method: str,
        path: str,
        status: int,
        json: Any,
        body: str | bytes,
        headers: Mapping[str, str] | None,
        times: int | None,
    ) -> None: ...
    def add_key(self, key: str, read_only: bool, owner: str) -> None: ...
    def fail(self, kind: str, scope: dict[str, Any], members: dict[str, Any]) -> None: ...
    def add_client(self, fields: dict[str, Any], current_plan: object) -> dict[str, Any]: ...
    def clear_faults(self) -> None: ...
    def snapshot(self) -> str: ...
    def restore(self, snapshot: str) -> None: ...
    def control(self, method: str, path: str, body: Any) -> Any: ...
    def reset(self) -> None: ...
    def stop(self) -> None: ...

def describe(value: object) -> str: ...
def json_text(name: str, value: object) -> str: ...
def run_sandbox(arguments: list[str]) -> int: ...
