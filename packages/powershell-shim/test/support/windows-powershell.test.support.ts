/** Types that both .NET Framework 4.6.2 with Windows PowerShell 5.1, and .NET with PowerShell 7 have. */
export const typesOfBoth = new Set(
  `array bool byte byte[] char datetime double enum guid hashtable int long math object object[] ordered pscredential pscustomobject psobject ref securestring single string string[] switch timespan type uri valuetype version
  Alias ArgumentCompleter CmdletBinding OutputType Parameter ValidateNotNull ValidateNotNullOrEmpty ValidateSet
  System.AggregateException System.AppDomain System.Collections.IList System.DateTimeOffset
  System.Collections.Concurrent.ConcurrentDictionary[guid,object] System.Collections.Concurrent.ConcurrentDictionary[string,object]
  System.Collections.Generic.Dictionary[string,string[]] System.Collections.Generic.List[object] System.Collections.IDictionary
  System.Collections.IEnumerable System.Convert System.Diagnostics.CodeAnalysis.SuppressMessageAttribute
  System.Globalization.CultureInfo System.IFormattable System.Management.Automation.PSCustomObject
  System.Management.Automation.PSNoteProperty System.Management.Automation.SessionStateException System.IO.Directory
  System.Management.Automation.MethodInvocationException System.Management.Automation.RuntimeException System.StringComparer
  System.Exception System.Threading.Monitor System.Security.Cryptography.SHA256 System.Security.Cryptography.HashAlgorithmName
  System.Security.Cryptography.AsymmetricAlgorithm System.Security.Cryptography.ECDsa System.Security.Cryptography.RSA
  System.Security.Cryptography.RSASignaturePadding System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions
  System.Security.Cryptography.X509Certificates.RSACertificateExtensions
  System.Security.Cryptography.X509Certificates.X509Certificate2 System.Security.Cryptography.X509Certificates.X509Store
  System.Console System.IO.Stream System.Management.Automation.Host.PSHostUserInterface System.Management.Automation.PSCmdlet
  System.EventHandler[System.Management.Automation.Runspaces.RunspaceStateEventArgs]
  System.IO.StreamWriter System.Linq.Expressions.Expression
  System.Diagnostics.Process System.Diagnostics.ProcessStartInfo System.Diagnostics.Stopwatch System.InvalidOperationException
  System.Environment System.IO.File System.IO.IOException System.IO.Path System.Net.NetworkCredential System.ObjectDisposedException
  System.StringComparison System.Text.Encoding System.Text.UTF8Encoding System.Text.RegularExpressions.Regex
  System.Management.Automation.CompletionResult System.Management.Automation.ErrorCategory
  System.Management.Automation.ErrorDetails System.Management.Automation.ErrorRecord
  System.Management.Automation.HostInformationMessage System.Management.Automation.ProgressRecord
  System.Management.Automation.ProgressRecordType
  System.Management.Automation.PSSerializer System.Management.Automation.Runspaces.Runspace
  System.Management.Automation.Runspaces.RunspaceStateEventArgs`.split(/\s+/),
)

/** Static members that both have, with the number of arguments: an overload of another length may be newer. */
export const staticsOfBoth = new Set([
  '[System.AppDomain]::CurrentDomain',
  '[System.Console]::IsOutputRedirected',
  '[datetime]::UtcNow',
  '[guid]::NewGuid/0',
  '[math]::Floor/1',
  '[System.Collections.Concurrent.ConcurrentDictionary[guid, object]]::new/0',
  '[System.Collections.Concurrent.ConcurrentDictionary[string, object]]::new/0',
  '[System.Collections.Generic.Dictionary[string, string[]]]::new/1',
  '[System.Collections.Generic.List[object]]::new/0',
  '[System.Console]::OutputEncoding',
  '[System.Convert]::FromBase64String/1',
  '[System.Convert]::ToBase64String/1',
  '[System.DateTimeOffset]::FromUnixTimeMilliseconds/1',
  '[System.DateTimeOffset]::UtcNow',
  '[System.Diagnostics.Process]::Start/1',
  '[System.Environment]::GetCommandLineArgs/0',
  '[System.Diagnostics.ProcessStartInfo]::new/2',
  '[System.Diagnostics.Stopwatch]::StartNew/0',
  '[System.Globalization.CultureInfo]::InvariantCulture',
  '[System.InvalidOperationException]::new/1',
  '[System.IO.File]::Exists/1',
  '[System.IO.Directory]::Exists/1',
  '[System.IO.File]::ReadAllBytes/1',
  '[System.IO.File]::ReadAllText/1',
  '[System.IO.Path]::Combine/3',
  '[System.IO.Path]::PathSeparator',
  ...['Call/3', 'Constant/1', 'Lambda/4', 'Parameter/1'].map(
    member => `[System.Linq.Expressions.Expression]::${member}`,
  ),
  '[System.Management.Automation.CompletionResult]::new/4',
  '[System.Management.Automation.ErrorDetails]::new/1',
  '[System.Management.Automation.ErrorRecord]::new/4',
  '[System.Management.Automation.HostInformationMessage]::new/0',
  '[System.Management.Automation.ProgressRecord]::new/3',
  '[System.Management.Automation.PSNoteProperty]::new/2',
  '[System.Management.Automation.ProgressRecordType]::Completed',
  '[System.Management.Automation.PSSerializer]::Deserialize/1',
  '[System.Management.Automation.Runspaces.Runspace]::DefaultRunspace',
  '[System.Net.NetworkCredential]::new/2',
  '[System.StringComparer]::OrdinalIgnoreCase',
  '[System.StringComparison]::OrdinalIgnoreCase',
  '[System.IO.StreamWriter]::new/2',
  '[System.Text.Encoding]::UTF8',
  '[System.Text.UTF8Encoding]::new/1',
  '[System.Text.RegularExpressions.Regex]::Replace/3',
  '[System.Security.Cryptography.HashAlgorithmName]::new/1',
  '[System.Security.Cryptography.RSASignaturePadding]::Pkcs1',
  '[System.Security.Cryptography.SHA256]::Create/0',
  '[System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey/1',
  '[System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey/1',
  '[System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey/1',
  '[System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey/1',
  '[System.Security.Cryptography.X509Certificates.X509Store]::new/2',
  '[System.Threading.Monitor]::Enter/1',
  '[System.Threading.Monitor]::Exit/1',
  '[System.Threading.Monitor]::TryEnter/2',
])

/** Methods of objects that both have, with the number of arguments. */
export const methodsOfBoth = new Set(
  `Add/1 add_StateChanged/1 Clone/0 Close/0 Compile/0 ComputeHash/1 Contains/1 ContainsKey/1 Dispose/0 ExportParameters/1 Flush/0 GetBaseException/0 GetBytes/1 GetData/1 GetEnumerator/0 GetOrAdd/2 GetString/1 GetType/0 GetUnresolvedProviderPathFromPSPath/3 GetValue/1
  IndexOf/1 IndexOf/2 Insert/2 InvokeScript/2 MakeReadOnly/0 Open/1 ReadLineAsync/0 ReadToEnd/0 ReadToEndAsync/0 Remove/1 remove_StateChanged/1 RemoveAt/1 Set/2 SetData/2 ShouldProcess/2 SignData/2 SignData/3 Split/1
  StartsWith/2 Substring/1 Substring/2 ThrowTerminatingError/1 ToArray/0 ToLocalTime/0 ToString/0 ToString/1 ToString/2 ToUniversalTime/0 ToLowerInvariant/0 ToUpperInvariant/0
  Trim/0 Trim/1 Trim/2 TrimEnd/1 TrimStart/1 TryRemove/2 Wait/1 WaitForExit/0 Write/1 WriteDebug/1 WriteError/1
  WriteInformation/2 WriteObject/1 WriteObject/2 WriteProgress/1 WriteVerbose/1 WriteWarning/1`.split(/\s+/),
)

/** Commands, with the parameters that 5.1 has. */
export const commandsOfBoth = new Set([
  'ConvertFrom-Json -InputObject',
  'ConvertTo-Json -Compress -Depth -InputObject -WarningAction -WarningVariable',
  'Export-ModuleMember -Function',
  'ForEach-Object',
  'Get-Command -ErrorAction -Name',
  'Get-Module -Name',
  'Select-Object -ExpandProperty -Unique',
  'Set-StrictMode -Version',
  'Sort-Object -Property',
  'Where-Object -CEQ',
  'Write-Warning',
])

/** Properties that only .NET or PowerShell 7 has. */
export const newerProperties = /^(ArgumentList|StandardInputEncoding|ProcessId|IsCompletedSuccessfully|CleanBlock)$/
/** Variables that PowerShell 7 sets. */
export const newerVariables =
  /^(IsWindows|IsLinux|IsMacOS|IsCoreCLR|PSStyle|EnabledExperimentalFeatures|PSNativeCommand\w+|ErrorView)$/

/** For scripts: `Find PATH` lists the elements of a script. */
export const findSyntax = `
function Find([string] $path) {
  $tokens = $null; $problems = $null
  $ast = [System.Management.Automation.Language.Parser]::ParseFile($path, [ref] $tokens, [ref] $problems)
  $found = [System.Collections.Generic.List[string]]::new()
  $lists = @{}
  foreach ($name in 'functions', 'commands', 'types', 'statics', 'methods', 'properties', 'variables') { $lists[$name] = [System.Collections.Generic.List[string]]::new() }
  foreach ($node in $ast.FindAll({ $true }, $true)) {
    $name = $node.GetType().Name
    if ($name -in 'TernaryExpressionAst', 'PipelineChainAst', 'TypeDefinitionAst', 'UsingStatementAst', 'ConfigurationDefinitionAst') { $found.Add($name) }
    if ($name -eq 'PipelineAst' -and $node.Background) { $found.Add('background') }
    if ($name -in 'MemberExpressionAst', 'InvokeMemberExpressionAst', 'IndexExpressionAst' -and $node.NullConditional) { $found.Add('null-conditional') }
    if ($name -eq 'InvokeMemberExpressionAst' -and $node.GenericTypeArguments.Count -gt 0) { $found.Add('generic method') }
    if ($name -in 'BinaryExpressionAst', 'AssignmentStatementAst' -and "$($node.Operator)" -like 'QuestionQuestion*') { $found.Add('null-coalescing') }
    if ($name -eq 'ScriptBlockAst' -and $null -ne $node.CleanBlock) { $found.Add('clean block') }
    if ($name -like '*StringExpressionAst' -or $name -eq 'StringConstantExpressionAst') {
      if ("$($node.StringConstantType)" -like 'DoubleQuoted*' -and $node.Extent.Text -match '(?<!\`)(\`\`)*\`(e|u\\{)') { $found.Add('newer escape') }
    }
    if ($name -eq 'ConstantExpressionAst' -and $node.Extent.Text -match '^-?(0b|\\d[\\d.]*(u|y|s|n))') { $found.Add('newer number') }
    if ($name -eq 'FunctionDefinitionAst') { $lists.functions.Add($node.Name) }
    if ($name -eq 'CommandAst' -and $null -ne $node.GetCommandName()) {
      $parameters = $node.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }
      $lists.commands.Add((@($node.GetCommandName()) + @($parameters | ForEach-Object { "-$($_.ParameterName)" })) -join ' ')
    }
    if ($name -in 'TypeExpressionAst', 'TypeConstraintAst', 'AttributeAst') { $lists.types.Add($node.TypeName.FullName) }
    if ($name -eq 'VariableExpressionAst') { $lists.variables.Add($node.VariablePath.UserPath) }
    if ($name -in 'MemberExpressionAst', 'InvokeMemberExpressionAst') {
      $member = "$($node.Member)"
      if ($name -like 'Invoke*') { $member += '/' + @($node.Arguments | Where-Object { $null -ne $_ }).Count }
      if ($node.Static) { $lists.statics.Add("$($node.Expression)::$member") }
      elseif ($name -like 'Invoke*') { $lists.methods.Add($member) }
      else { $lists.properties.Add($member) }
    }
  }
  $lists.problems = @($problems | ForEach-Object { "$_" })
  $lists.found = $found
  [pscustomobject] $lists
}
foreach ($path in $given.paths) { Find $path }`
