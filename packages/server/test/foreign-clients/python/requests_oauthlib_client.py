"""requests-oauthlib: https://requests-oauthlib.readthedocs.io/en/latest/oauth2_workflow.html#backend-application-flow"""

import json
import os

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

client_id, secret = os.environ["CLIENT_ID"], os.environ.get("CLIENT_SECRET")
assertion = {}
if os.environ["AUTH_METHOD"] == "identity":
    assertion["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assertion["client_assertion"] = os.environ["IDENTITY_TOKEN"]

session = OAuth2Session(client=BackendApplicationClient(client_id, scope=os.environ["SCOPE"].split(" ")))
token = session.fetch_token(
    os.environ["BROKER_URL"] + "/oauth2/token",
    client_id=client_id,
    client_secret=secret,
    # In the body. Default: HTTP Basic.
    include_client_id=os.environ["AUTH_METHOD"] != "client_secret_basic",
    **assertion,
)
users = session.get(os.environ["ORG_URL"] + "/api/v1/users").json()
print(json.dumps({"scope": " ".join(token["scope"]), "users": len(users)}))
