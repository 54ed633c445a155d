"""An object storage that speaks S3, on the loopback (moto's server), with one bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

KEY, SECRET, BUCKET = "key", "s3cr+t/&", "huoshui-files"


@contextmanager
def object_storage() -> Iterator[str]:
    """The value of HUOSHUI_FILES_URL for a bucket that is there while the block runs."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        ).create_bucket(Bucket=BUCKET)
        yield f"s3://{KEY}:s3cr%2Bt%2F%26@{BUCKET}/office/one?endpoint={endpoint}&region=us-east-1&style=path"
    finally:
        server.stop()
