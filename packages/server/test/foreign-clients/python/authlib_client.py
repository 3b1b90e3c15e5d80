"""Authlib: https://docs.authlib.org/en/stable/client/oauth2.html"""

import json
import os

from authlib.common.urls import add_params_to_qs
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def identity_token(auth, method, uri, headers, body):
    assertion = {
        "client_id": auth.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": auth.client_secret,
    }
    return uri, headers, add_params_to_qs(body, assertion.items())


method = os.environ["AUTH_METHOD"]
credential = os.environ.get("CLIENT_SECRET") or os.environ.get("IDENTITY_TOKEN")
if method == "private_key_jwt":
    credential = open(os.environ["KEY_FILE"]).read()
session = OAuth2Session(
    os.environ["CLIENT_ID"],
    credential,
    scope=os.environ["SCOPE"],
    token_endpoint_auth_method=method,
)
session.register_client_auth_method(PrivateKeyJWT(headers={"kid": "signer-1"}))
session.register_client_auth_method(("identity", identity_token))
token = session.fetch_token(os.environ["BROKER_URL"] + "/oauth2/token", grant_type="client_credentials")
users = session.get(os.environ["ORG_URL"] + "/api/v1/users").json()
print(json.dumps({"scope": token["scope"], "users": len(users)}))
