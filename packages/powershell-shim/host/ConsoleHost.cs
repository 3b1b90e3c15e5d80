using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace ConnectOkta.EngineHost;

/// <summary>What the engine needs of a host: an answer on stdout, everything else on stderr.</summary>
internal sealed class ConsoleHost : PSHost
{
    public bool IsToldToExit { get; private set; }
    public int ExitCode { get; private set; }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name => "EngineHost";
    public override PSHostUserInterface UI { get; } = new ConsoleUI();
    public override Version Version { get; } = new(1, 0);

    public override void SetShouldExit(int exitCode)
    {
        ExitCode = exitCode;
        IsToldToExit = true;
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();
    public override void ExitNestedPrompt() => throw new NotSupportedException();
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
}

/// <summary>A console that nobody is asked at.</summary>
internal sealed class ConsoleUI : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUI();
    public override bool SupportsVirtualTerminal => false;

    public override void Write(string value) => Console.Out.Write(value);
    public override void Write(ConsoleColor foreground, ConsoleColor background, string value) => Write(value);
    public override void WriteLine(string value) => Console.Out.WriteLine(value);
    public override void WriteErrorLine(string value) => Console.Error.WriteLine(value);
    public override void WriteDebugLine(string message) => Console.Error.WriteLine($"DEBUG: {message}");
    public override void WriteVerboseLine(string message) => Console.Error.WriteLine($"VERBOSE: {message}");
    public override void WriteWarningLine(string message) => Console.Error.WriteLine($"WARNING: {message}");
    public override void WriteProgress(long sourceId, ProgressRecord record) =>
        Console.Error.WriteLine($"PROGRESS: {record.Activity}: {record.StatusDescription}");

    public override string ReadLine() => throw NobodyIsAsked();
    public override SecureString ReadLineAsSecureString() => throw NobodyIsAsked();
    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw NobodyIsAsked();
    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw NobodyIsAsked();
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw NobodyIsAsked();
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw NobodyIsAsked();

    private static PSInvalidOperationException NobodyIsAsked() => new("Nobody is there to be asked.");
}

/// <summary>A window of a fixed size, for the format views.</summary>
internal sealed class ConsoleRawUI : PSHostRawUserInterface
{
    public override Size BufferSize { get; set; } = new(160, 50);
    public override Size WindowSize { get; set; } = new(160, 50);
    public override Size MaxPhysicalWindowSize => WindowSize;
    public override Size MaxWindowSize => WindowSize;
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;
    public override Coordinates CursorPosition { get; set; }
    public override int CursorSize { get; set; } = 25;
    public override Coordinates WindowPosition { get; set; }
    public override string WindowTitle { get; set; } = "";
    public override bool KeyAvailable => false;

    public override void FlushInputBuffer() { }
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();
    public override void ScrollBufferContents(
        Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new NotSupportedException();
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();
}
