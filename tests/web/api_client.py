"""A program that calls the API with a token."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from huoshui.duties.models import Account
from huoshui.duties.scopes import everything
from huoshui.duties.tokens import issue_token


def signed_in(account: Account, *, may_write: bool = True) -> Client:
    """A client with a token of the account."""
    _, token = issue_token(by=account, account=account, name="测试", days=30, scopes=everything(write=may_write))
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(client: Client, method: str, path: str, body: Any = None, key: str = "") -> Any:
    """A request with a JSON body."""
    headers = {"Idempotency-Key": key} if key else {}
    data = json.dumps(body).encode() if body is not None else b""
    return client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)


def send_photo(client: Client, path: str, photo: bytes, *, name: str = "a.jpg", key: str = "", **fields: str) -> Any:
    """A photo as a multipart form."""
    headers = {"Idempotency-Key": key} if key else {}
    upload = SimpleUploadedFile(name, photo, content_type="image/jpeg")
    return client.post(f"/api/v1{path}/photos", {"photo": upload, **fields}, headers=headers)


def picture(color: str = "green", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG that says which camera took it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera of somebody"
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def codes(answer: Any) -> list[str]:
    """The codes of the problems of a refusal."""
    return [problem["code"] for problem in answer.json()["problems"]]


def done(answer: Any) -> Any:
    """The body of an answer that must be a success."""
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()
