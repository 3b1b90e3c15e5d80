using System.Collections;
using System.Management.Automation;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ConnectOkta.EngineHost;

/// <summary>As in PowerShell 7: whole numbers are Int64, texts that look like a date become one.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), AllowEmptyString]
    public string InputObject { get; set; } = "";

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        var token = JsonConvert.DeserializeObject<JToken>(string.Join('\n', _lines));
        WriteObject(ToObject(token), enumerateCollection: !NoEnumerate);
    }

    private static object? ToObject(JToken? token) =>
        token switch
        {
            JObject members => ToPSObject(members),
            JArray items => items.Select(ToObject).ToArray(),
            JValue value => value.Value,
            _ => null,
        };

    private static PSObject ToPSObject(JObject members)
    {
        var result = new PSObject();
        foreach (var member in members.Properties())
        {
            result.Properties.Add(new PSNoteProperty(member.Name, ToObject(member.Value)));
        }
        return result;
    }
}

/// <summary>As in PowerShell: what is deeper than <c>-Depth</c> is a text.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> _inputs = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), AllowNull]
    public object? InputObject { get; set; }

    [Parameter]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Compress { get; set; }

    protected override void ProcessRecord() => _inputs.Add(InputObject);

    protected override void EndProcessing()
    {
        var value = _inputs.Count == 1 ? _inputs[0] : _inputs;
        WriteObject(JsonConvert.SerializeObject(ToToken(value, 0), Compress ? Formatting.None : Formatting.Indented));
    }

    private JToken ToToken(object? value, int depth)
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is null) return JValue.CreateNull();
        if (bare is string or char or Guid or Uri or Enum) return bare is Enum ? new JValue(Convert.ToInt64(bare)) : new JValue(bare.ToString());
        if (bare is bool or DateTime or DateTimeOffset || bare.GetType().IsPrimitive || bare is decimal) return new JValue(bare);
        if (bare is SwitchParameter flag) return new JObject { ["IsPresent"] = flag.IsPresent };
        if (depth > Depth) return new JValue(LanguagePrimitives.ConvertTo<string>(value));
        return bare switch
        {
            IDictionary entries => ToObject(entries.Keys.Cast<object>().Select(key => (key.ToString() ?? "", entries[key])), depth),
            IEnumerable items => new JArray(items.Cast<object?>().Select(item => ToToken(item, depth + 1))),
            _ => ToObject(PSObject.AsPSObject(value!).Properties.Select(member => (member.Name, (object?)member.Value)), depth),
        };
    }

    private JObject ToObject(IEnumerable<(string Name, object? Value)> members, int depth)
    {
        var result = new JObject();
        foreach (var (name, value) in members) result[name] = ToToken(value, depth + 1);
        return result;
    }
}
