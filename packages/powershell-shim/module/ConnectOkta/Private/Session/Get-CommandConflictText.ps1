function Get-CommandConflictText {
    # Returns a warning if Connect-Okta belongs to DSInternals.Passkeys, which has four cmdlets of the same names: the module that is
    # imported last replaces those of the other.
    $command = ${function:global:Connect-Okta}
    if ($null -eq $command -or $null -eq $command.Module -or $command.Module.Name -cne 'DSInternals.Passkeys') { return }
    return 'The command Connect-Okta belongs to DSInternals.Passkeys, which was imported last. Use ConnectOkta\Connect-Okta, or import ConnectOkta again.'
}
