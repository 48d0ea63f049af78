"""Half of the well-formed check-ins read the code of somebody who is there; the rest is made up."""

import os

import schemathesis


def is_well_formed(body):
    return (
        isinstance(body, dict)
        and set(body) == {"code", "nonce"}
        and all(isinstance(text, str) for text in body.values())
        and 1 <= len(body["code"]) <= 300
    )


@schemathesis.hook
def map_body(context, body):
    if is_well_formed(body) and len(body["nonce"]) % 2:
        body["code"] = os.environ["HELUO_CODE"]
    return body
