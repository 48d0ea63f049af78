"""Half of the check-ins read the code of somebody who is there; the rest is made up."""

import os

import schemathesis


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("nonce"), str) and len(body["nonce"]) % 2:
        body["code"] = os.environ["HELUO_CODE"]
        body.pop("at", None)
    return body
