#!/bin/sh
# curl: the requests that any other program can send.
set -eu

case $AUTH_METHOD in
  client_secret_basic) set -- -u "$CLIENT_ID:$CLIENT_SECRET" ;;
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
token=$(echo "$answer" | jq -r .access_token)
users=$(curl -sS --fail -H "Authorization: Bearer $token" "$ORG_URL/api/v1/users")
printf '{"scope":%s,"users":%s}\n' "$(echo "$answer" | jq .scope)" "$(echo "$users" | jq length)"
