function Save-OktaSession {
    # Stores the session of this runspace until the module is imported again.
    if ($null -ne $script:Session) { [System.AppDomain]::CurrentDomain.SetData((Get-OktaSessionKey), $script:Session) }
}
