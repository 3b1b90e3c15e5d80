// MSAL.NET: https://learn.microsoft.com/entra/msal/dotnet/acquiring-tokens/web-apps-apis/client-credential-flows
#:package Microsoft.Identity.Client@4.92.0
#:property PublishAot=false
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Identity.Client;

string Get(string name) => Environment.GetEnvironmentVariable(name) ?? "";

var builder = ConfidentialClientApplicationBuilder.Create(Get("CLIENT_ID")).WithOidcAuthority(Get("BROKER_URL"));
builder = Get("AUTH_METHOD") switch
{
    "private_key_jwt" => builder.WithCertificate(Certificate()),
    "identity" => builder.WithClientAssertion((AssertionRequestOptions _) => Task.FromResult(Get("IDENTITY_TOKEN"))),
    _ => builder.WithClientSecret(Get("CLIENT_SECRET")),
};
try
{
    var token = await builder.Build().AcquireTokenForClient(Get("SCOPE").Split(' ')).ExecuteAsync();
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

// A certificate for the key. The broker uses the public key only.
X509Certificate2 Certificate()
{
    using var rsa = RSA.Create();
    rsa.ImportFromPem(File.ReadAllText(Get("KEY_FILE")));
    var request = new CertificateRequest("CN=signer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    return request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1));
}
