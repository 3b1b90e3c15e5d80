function Get-OktaSessionTable {
    # Returns the sessions that the runspaces of this process have connected, by their keys.
    $domain = [System.AppDomain]::CurrentDomain
    $name = "$script:LatestSessionKey.All"
    # Several runspaces may import the module at the same time.
    [System.Threading.Monitor]::Enter($domain)
    try {
        $table = $domain.GetData($name)
        if ($null -eq $table) {
            $table = [hashtable]::Synchronized(@{})
            $domain.SetData($name, $table)
        }
        return , $table
    }
    finally { [System.Threading.Monitor]::Exit($domain) }
}
