// Duende.IdentityModel: https://docs.duendesoftware.com/identitymodel/endpoints/token/
#:package Duende.IdentityModel@8.1.0
#:package Microsoft.IdentityModel.JsonWebTokens@8.23.0
#:property PublishAot=false
using System.Security.Cryptography;
using System.Text.Json;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

string Get(string name) => Environment.GetEnvironmentVariable(name) ?? "";
var clientId = Get("CLIENT_ID");
using var http = new HttpClient();

// The broker signs no tokens, so its metadata has no keys.
var metadata = new DiscoveryDocumentRequest { Address = Get("BROKER_URL"), Policy = { RequireKeySet = false } };
var broker = await http.GetDiscoveryDocumentAsync(metadata);
if (broker.IsError) return Fail(broker.Error);

var request = new ClientCredentialsTokenRequest { Address = broker.TokenEndpoint, ClientId = clientId, Scope = Get("SCOPE") };
switch (Get("AUTH_METHOD"))
{
    case "client_secret_basic":
        request.ClientSecret = Get("CLIENT_SECRET");
        request.ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader;
        break;
    case "client_secret_post":
        request.ClientSecret = Get("CLIENT_SECRET");
        break;
    case "private_key_jwt":
        request.ClientAssertion = new() { Type = OidcConstants.ClientAssertionTypes.JwtBearer, Value = Assertion() };
        request.ClientCredentialStyle = ClientCredentialStyle.PostBody;
        break;
    case "identity":
        request.ClientAssertion = new() { Type = OidcConstants.ClientAssertionTypes.JwtBearer, Value = Get("IDENTITY_TOKEN") };
        request.ClientCredentialStyle = ClientCredentialStyle.PostBody;
        break;
}

var token = await http.RequestClientCredentialsTokenAsync(request);
if (token.IsError) return Fail($"{token.Error}: {token.ErrorDescription}");

http.SetBearerToken(token.AccessToken!);
using var users = JsonDocument.Parse(await http.GetStringAsync(Get("ORG_URL") + "/api/v1/users"));
Console.WriteLine(JsonSerializer.Serialize(new { scope = token.Scope, users = users.RootElement.GetArrayLength() }));
return 0;

string Assertion()
{
    using var rsa = RSA.Create();
    rsa.ImportFromPem(File.ReadAllText(Get("KEY_FILE")));
    var key = new RsaSecurityKey(rsa.ExportParameters(true)) { KeyId = "signer-1" };
    return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = clientId,
        Audience = broker.Issuer,
        Expires = DateTime.UtcNow.AddMinutes(1),
        Claims = new Dictionary<string, object> { ["sub"] = clientId, ["jti"] = Guid.NewGuid().ToString() },
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
    });
}

int Fail(string? message)
{
    Console.Error.WriteLine(message);
    return 1;
}
