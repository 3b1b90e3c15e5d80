function Get-SessionRegistry {
    # Returns what all runspaces of this process share: Sessions, the last session of each key (see New-OktaSession), and Runspaces, the
    # session that each runspace uses, by the ID of the runspace (see Set-OktaSession), and Program (see Get-ProgramPath).
    $domain = [System.AppDomain]::CurrentDomain
    # Several runspaces may import the module at the same time.
    [System.Threading.Monitor]::Enter($domain)
    try {
        $registry = $domain.GetData('ConnectOkta')
        if ($null -eq $registry) {
            # A runspace can list one of them while another runspace changes it.
            $registry = @{
                Sessions = [System.Collections.Concurrent.ConcurrentDictionary[string, object]]::new()
                Program = [pscustomobject] @{ Path = $null }
                Runspaces = [System.Collections.Concurrent.ConcurrentDictionary[guid, object]]::new()
            }
            $domain.SetData('ConnectOkta', $registry)
        }
        return $registry
    }
    finally { [System.Threading.Monitor]::Exit($domain) }
}
