using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ConnectOkta.EngineHost;

// A shell around the real engine: engine-host -Command TEXT, engine-host -File PATH, or interactive without either.
var console = new ConsoleHost();
var state = InitialSessionState.CreateDefault2();
using var runspace = RunspaceFactory.CreateRunspace(console, state);
runspace.Open();
Runspace.DefaultRunspace = runspace;

PowerShell? running = null;
var interrupted = false;
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted = true;
    running?.BeginStop(null, null);
};

switch (args)
{
    case ["-Command", var text]:
        return Run(text);
    case ["-File", var path]:
        return Run(File.ReadAllText(path));
    case []:
        return Converse();
    default:
        Console.Error.WriteLine("engine-host [-Command TEXT | -File PATH]");
        return 2;
}

int Converse()
{
    while (!console.IsToldToExit)
    {
        Console.Write("PS> ");
        interrupted = false;
        var line = Console.ReadLine();
        if (line is not null) Run(line);
        else if (!interrupted) break;
    }
    return console.ExitCode;
}

int Run(string script)
{
    using var shell = PowerShell.Create(runspace);
    running = shell;
    shell.AddScript(script).AddCommand("Out-Default");
    shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
    try
    {
        shell.Invoke();
    }
    catch (PipelineStoppedException)
    {
        console.UI.WriteLine("^C");
    }
    catch (RuntimeException failure)
    {
        console.UI.WriteErrorLine(failure.ErrorRecord.ToString());
        return 1;
    }
    finally
    {
        running = null;
    }
    return console.ExitCode;
}
