// golang.org/x/oauth2/clientcredentials: https://pkg.go.dev/golang.org/x/oauth2/clientcredentials
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/url"
	"os"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var authStyles = map[string]oauth2.AuthStyle{
	"client_secret_basic": oauth2.AuthStyleInHeader,
	"client_secret_post":  oauth2.AuthStyleInParams,
	"identity":            oauth2.AuthStyleInParams,
}

func main() {
	ctx := context.Background()
	parameters := url.Values{}
	if token := os.Getenv("IDENTITY_TOKEN"); token != "" {
		parameters.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		parameters.Set("client_assertion", token)
	}
	config := clientcredentials.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		TokenURL:     os.Getenv("BROKER_URL") + "/oauth2/token",
		Scopes:       strings.Fields(os.Getenv("SCOPE")),
		// Without a style, the library tries the header first, then the parameters.
		AuthStyle:      authStyles[os.Getenv("AUTH_METHOD")],
		EndpointParams: parameters,
	}
	source := config.TokenSource(ctx)
	token, err := source.Token()
	if err != nil {
		log.Fatal(err)
	}
	response, err := oauth2.NewClient(ctx, source).Get(os.Getenv("ORG_URL") + "/api/v1/users")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	var users []any
	if err := json.NewDecoder(response.Body).Decode(&users); err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"scope": token.Extra("scope"), "users": len(users)})
}
