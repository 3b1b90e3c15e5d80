// MSAL.NET: https://learn.microsoft.com/entra/msal/dotnet/acquiring-tokens/web-apps-apis/client-credential-flows
#:package Microsoft.Identity.Client@4.92.0
#:property PublishAot=false
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Identity.Client;

string Get(string name) => Environment.GetEnvironmentVariable(name) ?? "";

var app = ConfidentialClientApplicationBuilder.Create(Get("CLIENT_ID"))
    .WithOidcAuthority(Get("BROKER_URL"))
    .WithClientSecret(Get("CLIENT_SECRET"))
    .Build();
try
{
    var token = await app.AcquireTokenForClient(Get("SCOPE").Split(' ')).ExecuteAsync();
    using var http = new HttpClient();
    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
    using var users = JsonDocument.Parse(await http.GetStringAsync(Get("ORG_URL") + "/api/v1/users"));
    Console.WriteLine(JsonSerializer.Serialize(new { scope = string.Join(' ', token.Scopes), users = users.RootElement.GetArrayLength() }));
    return 0;
}
catch (MsalException error)
{
    Console.Error.WriteLine($"{error.ErrorCode}: {error.Message}");
    return 1;
}
