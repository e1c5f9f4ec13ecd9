"""The responses as msgspec's structs, as its documentation recommends them for speed."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Settings(msgspec.Struct, gc=False):
    id: str
    provisioning_provider: str | None = None
    provisioning_displayname: str | None = None
    provisioning_url: str | None = None
    window: bool | None = None
    tab: bool | None = None
    screen: bool | None = None
    allow_edit_picture: bool | None = None
    allow_edit_name: bool | None = None
    allow_edit_headline: bool | None = None
    allow_changing_lobby_settings: bool | None = None
    enable_remote_control: bool | None = None
    audit_log: bool | None = None
    black_list_pattern: str | None = None
    black_list_regex: str | None = None
    sms_template: str | None = None
    email_invite_subject: str | None = None
    email_invite_body: str | None = None
    dod_field_order_template: str | None = None
    phone_conf_manual: bool | None = None
    phone_conf_provider: str | None = None
    phone_conf_main_number: str | None = None
    phone_conf_extra_numbers: str | None = None
    lobby_url: str | None = None
    stay_in_lobby: bool | None = None
    auto_accept_in_lobby: bool | None = None


class Client(msgspec.Struct, gc=False):
    id: int
    sname: str
    settings: Settings
    lname: str | None = None
    smsname: str | None = None
    host: str | None = None
    hl: str | None = None
    geo: str | None = None
    logo: str | None = None
    post_session_url: str | None = None
    remove_cw_branding: bool | None = None
    session_limit: int | None = None
    license_count: int | None = None
    current_plan: str | None = None
    api_access_enabled: bool | None = None
    integrations_enabled: bool | None = None
    demo_id: str | None = None
    first_exceeded_soft_limit: str | None = None
    hard_limit_starts: str | None = None


class ViewerInfo(msgspec.Struct, gc=False):
    max_viewer_count: int | None = None


class Session(msgspec.Struct, gc=False):
    email: str | None
    sname: str | None
    lname: str | None
    start_date: datetime | None
    end_date: datetime | None
    duration: int | None
    viewer_info: ViewerInfo


class UserStats(msgspec.Struct, gc=False):
    total_sec: int
    total_count: int
    sname: str | None = None
    lname: str | None = None


class Stats(msgspec.Struct):
    user_stats: list[dict[str, UserStats]]
    total_sec: int | None = None
    total_count: int | None = None


class History(msgspec.Struct):
    stats: Stats
    sessions: list[Session]


decode_client = msgspec.json.Decoder(Client).decode
decode_history = msgspec.json.Decoder(History).decode
