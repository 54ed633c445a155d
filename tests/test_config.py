"""The settings: what cannot work is refused at start, by name, with what to do."""

from __future__ import annotations

import os

import pytest

from huoshui.cli import say_wrong
from huoshui.config import ConfigError, load_config
from huoshui.setting_addresses import mail_server


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> ConfigError:
    for name, value in settings.items():
        monkeypatch.setenv(f"HUOSHUI_{name.upper()}", value)
    with pytest.raises(ConfigError) as error:
        load_config(dict(os.environ))
    return error.value


SHORT = "hunter2"
SECRET = "correct horse battery staple, twice over"
WRONG = [
    ("allowed_hosts", "", "setting.hosts_empty"),
    ("allowed_hosts", " , ", "setting.hosts_empty"),
    ("allowed_hosts", "10.0.0.5,http://10.0.0.5:8000", "setting.host_name"),
    ("allowed_hosts", "10.0.0.5:8000", "setting.host_name"),
    ("allowed_hosts", "::1", "setting.host_name"),
    ("proxy", "nonsense", "setting.proxy"),
    ("proxy", "", "setting.proxy"),
    ("proxy", "10.0.0.0/8", "setting.proxy"),
    ("secret_key", SHORT, "setting.secret_key"),
    ("secret_key", "a" * 60, "setting.secret_key"),
    ("database_url", "mysql://host/name", "setting.database_url"),
    ("database_url", "postgres://user:hunter2@host:port/name", "setting.database_url"),
    ("database_url", "postgres://host", "setting.database_url"),
    ("database_url", "sqlite:///", "setting.database_url"),
    ("database_url", "sqlite://:memory:", "setting.database_url"),
    ("tianditu_key", "a key", "setting.tianditu_key"),
    ("sso_issuer", "id.example.cn", "setting.sso_issuer"),
    ("sso_issuer", "http://id.example.cn", "setting.sso_issuer"),
    ("sso_issuer", "http://127.evil.example.cn", "setting.sso_issuer"),
    ("sso_issuer", "https://id.example.cn/?realm=1", "setting.sso_issuer"),
    ("sso_client_id", "huoshui", "setting.sso_client"),
    ("sso_name", "", "setting.value"),
    ("email_url", "mail.example.cn", "setting.email_url"),
    ("email_url", "smtp://mail.example.cn", "setting.email_url"),
    ("email_url", "smtp+tls://a:hunter2@example.cn:port?from=a@example.cn", "setting.email_url"),
    ("email_url", "smtps://example.cn?from=a@example.cn&form=b", "setting.email_url"),
    ("email_url", "imap://example.cn?from=a@example.cn", "setting.email_url"),
    ("files_url", "https://oss.example.cn/files", "setting.files_url"),
    ("files_url", "s3://hunter2@files", "setting.files_url"),
    ("files_url", "s3://a:hunter2@files?endpoint=oss.example.cn", "setting.files_url"),
    ("document_max_mb", "0", "setting.value"),
    ("site_url", "huoshui.example.cn", "setting.site_url"),
    ("site_url", "https://huoshui.example.cn/path", "setting.site_url"),
    ("port", "70000", "setting.value"),
    ("https", "perhaps", "setting.value"),
    ("language", "fr", "setting.value"),
    ("colour", "red", "setting.unknown"),
]


def test_half_of_single_sign_on(monkeypatch: pytest.MonkeyPatch) -> None:
    (wrong,) = refused(monkeypatch, sso_issuer="https://id.example.cn").wrong
    assert (wrong.code, wrong.name) == ("setting.sso_client", "HUOSHUI_SSO_CLIENT_ID")


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_what_cannot_work_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, code: str
) -> None:
    (wrong,) = refused(monkeypatch, **{name: value}).wrong
    assert (wrong.code, wrong.name) == (code, f"HUOSHUI_{name.upper()}")
    for language in ("zh-hans", "en"):
        if name != "language":
            monkeypatch.setenv("HUOSHUI_LANGUAGE", language)
        say_wrong(wrong)
        said = capsys.readouterr().err
        assert said.startswith(f"{code}: ")
        assert wrong.name in said
        assert "—" not in said
        assert SHORT not in said


def test_every_wrong_one_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(monkeypatch, port="x", proxy="x", prot="x")
    assert [wrong.name for wrong in error.wrong] == ["HUOSHUI_PROT", "HUOSHUI_PORT", "HUOSHUI_PROXY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allowed_hosts", "huoshui.example.cn, 10.0.0.5 ,.example.cn,[::1],*"),
        ("proxy", "::1"),
        ("secret_key", SECRET),
        ("secret_key", ""),
        ("database_url", "postgres://user:p%40ss@host:5432/name"),
        ("database_url", "sqlite:////srv/huoshui/data.sqlite3"),
        ("database_url", ""),
    ],
)
def test_what_can_work_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HUOSHUI_{name.upper()}", value)
    load_config(dict(os.environ))


def test_a_mail_server_is_read_whole() -> None:
    found = mail_server("smtp+tls://notice%40example.cn:p%23w@smtp.example.cn")
    assert (found.host, found.port, found.user, found.password) == ("smtp.example.cn", 587, "notice@example.cn", "p#w")
    assert (found.use_tls, found.use_ssl, found.sender) == (True, False, "notice@example.cn")
    assert mail_server("smtps://example.cn?from=a@example.cn").port == 465
