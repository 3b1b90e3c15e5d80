function Skip-OldNode {
    # Returns whether a Node process ended before it responded because Node.js is too old, and another program can be used in its place.
    # Throws an error if there is none.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Node)

    if ($Node.HasResponded -or $Node.Path -ceq $script:OldNode) { return $false }
    $version = Get-ProgramVersion -Path $Node.Path -Arguments '--version'
    if ($null -eq $version -or [version] $version -ge [version] '20.19') { return $false }
    $script:OldNode = $Node.Path
    if ($null -ne (Get-ShimCommand)) { return $true }
    $script:OldNode = $null
    $Cmdlet.ThrowTerminatingError((New-OktaErrorRecord -Id 'OktaNodeTooOld' -Message "Node.js $version at $($Node.Path) is too old." `
                -Hint (Get-NodeInstallHint) -Category 'NotInstalled' -Target $Node.Path))
}
