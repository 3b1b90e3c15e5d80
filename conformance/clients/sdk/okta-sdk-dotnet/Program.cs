// The examples of the README of Okta.Sdk, with the configuration in variables. Prints the number of users, or the error.
using Okta.Sdk.Api;
using Okta.Sdk.Client;
using Okta.Sdk.Model;

string Get(string name) => Environment.GetEnvironmentVariable(name) ?? "";

Configuration config = new Configuration();
config.OktaDomain = Get("ORG_URL");
if (Get("PRIVATE_KEY") == "")
{
    config.Token = Get("API_TOKEN");
}
else
{
    config.AuthorizationMode = AuthorizationMode.PrivateKey;
    config.ClientId = Get("CLIENT_ID");
    config.Scopes = new HashSet<string> { "okta.users.read" };
    config.PrivateKey = new JsonWebKeyConfiguration(Get("PRIVATE_KEY"));
}

var userApi = new UserApi(config);
try
{
    var users = 0;
    // `ToArrayAsync()`, as in the README, is ambiguous in .NET 10.
    await foreach (User user in userApi.ListUsers()) users++;
    Console.WriteLine($"{users} users");
}
catch (Exception e)
{
    Console.WriteLine("An exception occurred: " + e.Message);
}
