"""Authlib: https://docs.authlib.org/en/stable/client/oauth2.html"""

import json
import os

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

method = os.environ["AUTH_METHOD"]
credential = open(os.environ["KEY_FILE"]).read() if method == "private_key_jwt" else os.environ["CLIENT_SECRET"]
session = OAuth2Session(
    os.environ["CLIENT_ID"],
    credential,
    scope=os.environ["SCOPE"],
    token_endpoint_auth_method=method,
)
session.register_client_auth_method(PrivateKeyJWT(headers={"kid": "signer-1"}))
token = session.fetch_token(os.environ["BROKER_URL"] + "/oauth2/token", grant_type="client_credentials")
users = session.get(os.environ["ORG_URL"] + "/api/v1/users").json()
print(json.dumps({"scope": token["scope"], "users": len(users)}))
