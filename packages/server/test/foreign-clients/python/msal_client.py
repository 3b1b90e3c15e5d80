"""MSAL for Python: https://msal-python.readthedocs.io/en/latest/#confidentialclientapplication"""

import json
import os
import sys
from types import SimpleNamespace

import msal
import requests

broker = os.environ["BROKER_URL"]


class BrokerClient(requests.Session):
    """MSAL requires an authorization_endpoint in the metadata, which the broker does not have."""

    def get(self, url, **kwargs):
        metadata = super().get(broker + "/.well-known/oauth-authorization-server", **kwargs).json()
        return SimpleNamespace(status_code=200, text=json.dumps({**metadata, "authorization_endpoint": broker}))


credentials = {
    "client_secret_post": lambda: os.environ["CLIENT_SECRET"],
    # MSAL names the key by a thumbprint of its certificate, which the broker does not need if the client has one key.
    "private_key_jwt": lambda: {"private_key": open(os.environ["KEY_FILE"]).read(), "thumbprint": "00" * 20},
    "identity": lambda: {"client_assertion": os.environ["IDENTITY_TOKEN"]},
}
app = msal.ConfidentialClientApplication(
    os.environ["CLIENT_ID"],
    client_credential=credentials[os.environ["AUTH_METHOD"]](),
    # With this path, MSAL does not ask Microsoft about the host. The broker does not see it.
    authority=broker + "/adfs",
    http_client=BrokerClient(),
)
token = app.acquire_token_for_client(scopes=os.environ["SCOPE"].split(" "))
if "error" in token:
    sys.exit(token["error"] + ": " + token["error_description"])
headers = {"Authorization": "Bearer " + token["access_token"]}
users = requests.get(os.environ["ORG_URL"] + "/api/v1/users", headers=headers).json()
print(json.dumps({"scope": token["scope"], "users": len(users)}))
