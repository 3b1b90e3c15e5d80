Set-StrictMode -Version 3.0

# What this runspace has connected: see New-OktaSession.
$script:Session = $null
# The data of the application domain that is what any runspace of this process has connected last.
$script:LatestSession = 'ConnectOkta.Session'

# The program behind the cmdlets: see Start-Shim, and from its output on Watch-Shim. Each thing that is known of it is a
# variable of its own, which the engine reads at once; to look into a table, it compiles code first.
$script:ShimProcess = $null
$script:Node = $null
$script:ShimInput = $null
$script:ShimOutput = $null
$script:ShimLastWords = $null
$script:ShimExiting = $null
# A line that is being read. There may be but one, and it outlives the cmdlet that began it.
$script:ShimReading = $null
# The last request: its number, and its method.
$script:ShimRequest = 0
$script:ShimMethod = ''
$script:ShimHasAnswered = $false
# Its output ends some time before the process has.
$script:ShimHasEnded = $false
# What is on show while it works.
$script:ShimProgress = $null

# An answer that says what went wrong.
$script:ErrorAnswer = '^\{"jsonrpc":"2\.0","id":\d+,"error":'

# The answer of a shim that does not have the session which a request names.
$script:UnknownSession = '^\{"jsonrpc":"2\.0","id":\d+,"error":\{"code":-32001,'

# What a shim may say, for a rehearsal: see Watch-Shim.
$script:AnyWarning = '{"jsonrpc":"2.0","method":"warning","params":["<Objs Version=''1.1.0.1'' ' +
    'xmlns=''http://schemas.microsoft.com/powershell/2004/04''><S></S></Objs>"]}'

# What the binder makes of an object that is given for text.
$script:ObjectText = '^\s*@\{|^(System|Microsoft)(\.[A-Z][\w+`]*)+(\[.*\])?( \(.*\))?$'
# Half of a surrogate pair, which UTF-8 cannot hold.
$script:HalfCharacter = '[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]'
# What moves a cursor or turns text around: control characters, and the bidirectional controls.
$script:ControlCharacter = '[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]'

#functions: the build puts those of Private and Public here, since one file loads faster than many

$ExecutionContext.SessionState.Module.OnRemove = { Save-OktaSession; Stop-Shim }

Export-ModuleMember -Function @(
    'Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Invoke-OktaApi', 'New-OktaJsonWebKey',
    'Test-OktaConnection'
)
