function Save-OktaSession {
    # Keeps the session of this runspace for when the module is imported again.
    if ($null -ne $script:Session) { [System.AppDomain]::CurrentDomain.SetData((Get-OktaSessionName), $script:Session) }
}
