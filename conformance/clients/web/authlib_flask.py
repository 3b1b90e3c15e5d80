"""Authlib's client for Flask, as in its documentation: https://docs.authlib.org/en/stable/client/flask.html"""

import os
from urllib.parse import urlencode

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for

app = Flask(__name__)
app.secret_key = "keyboard cat"
oauth = OAuth(app)
oauth.register(
    "okta",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["ORG_URL"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid email profile"},
)


@app.route("/")
def homepage():
    user = session.get("user")
    return f"Signed in: {user['sub']} {user['name']}" if user else "Signed out"


@app.route("/login")
def login():
    redirect_uri = url_for("auth", _external=True)
    return oauth.okta.authorize_redirect(redirect_uri)


@app.route("/callback")
def auth():
    token = oauth.okta.authorize_access_token()
    session["user"] = token["userinfo"]
    session["id_token"] = token["id_token"]
    return redirect("/")


@app.route("/logout")
def logout():
    metadata = oauth.okta.load_server_metadata()
    session.pop("user", None)
    query = {"id_token_hint": session.pop("id_token"), "post_logout_redirect_uri": url_for("homepage", _external=True)}
    return redirect(metadata["end_session_endpoint"] + "?" + urlencode(query))


app.run("127.0.0.1", int(os.environ["PORT"]))
