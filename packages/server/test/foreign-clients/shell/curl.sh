#!/bin/sh
# curl: the requests that any other program can send.
set -eu

# RFC 6749 §2.3.1, as Spring Security and other libraries in Java send it. curl's own header is not encoded.
form_encoded() { printf %s "$1" | jq -sRr '@uri | gsub("%20"; "+")'; }

case $AUTH_METHOD in
  client_secret_basic) set -- -u "$CLIENT_ID:$CLIENT_SECRET" ;;
  form_encoded_basic)
    credentials=$(printf '%s:%s' "$(form_encoded "$CLIENT_ID")" "$(form_encoded "$CLIENT_SECRET")" | base64 -w 0)
    set -- -H "Authorization: Basic $credentials"
    ;;
  client_secret_post) set -- -d "client_id=$CLIENT_ID" --data-urlencode "client_secret=$CLIENT_SECRET" ;;
  identity)
    set -- -d "client_id=$CLIENT_ID" -d "client_assertion=$IDENTITY_TOKEN" \
      -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
    ;;
esac
answer=$(curl -sS --fail-with-body "$@" -d grant_type=client_credentials -d "scope=$SCOPE" "$BROKER_URL/oauth2/token") || {
  echo "$answer" >&2
  exit 1
}
token=$(printf %s "$answer" | jq -r .access_token)
users=$(curl -sS --fail -H "Authorization: Bearer $token" "$ORG_URL/api/v1/users")
printf '{"scope":%s,"users":%s}\n' "$(printf %s "$answer" | jq .scope)" "$(printf %s "$users" | jq length)"
