"""The examples of the README of okta (Python), with the configuration on stdin. Prints the result of each as JSON."""

import asyncio
import json
import sys

import okta
from okta.client import Client as OktaClient

config = json.load(sys.stdin)
version = tuple(int(part) for part in okta.__version__.split(".")[:2])


def create_request():
    profile = {
        "firstName": "Sample",
        "lastName": "Sample",
        "email": "sample12.sample@example.com",
        "login": "sample12.sample@example.com",
        "mobilePhone": "555-415-1337",
    }
    password = {"value": "Knock*knock*neo*111"}
    if version < (3, 0):
        return {"profile": profile, "credentials": {"password": password}}
    from okta import models
    from okta.models import CreateUserRequest, PasswordCredential, UserProfile

    # The README does not import the class that it uses. Until 3.0, it had another name.
    credentials_class = getattr(models, "UserCredentialsWritable", None) or models.UserCredentials
    credentials = credentials_class(password=PasswordCredential(**password))
    return CreateUserRequest(profile=UserProfile(**profile), credentials=credentials)


async def logins_of(client):
    users, _, error = await client.list_users()
    if error:
        raise RuntimeError(str(error))
    return [user.profile.login for user in users]


async def main():
    client = OktaClient(config)
    try:
        result = {"before": len(await logins_of(client))}
        options = {"query_params": {"activate": "true"}} if version < (3, 0) else {"activate": True}
        user, _, error = await client.create_user(create_request(), **options)
        result["created"] = None if error else str(getattr(user.status, "value", user.status))
        result["error"] = str(error) if error else None
        result["after"] = len(await logins_of(client))
    except Exception as error:
        result = {"error": str(error) or type(error).__name__}
    print(json.dumps({"version": okta.__version__, **result}))


asyncio.run(main())
