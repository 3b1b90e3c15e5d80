function Get-PersonalCertificate {
    # Returns the certificates of a personal store: CurrentUser or LocalMachine. Returns nothing if there is no such store, as for
    # LocalMachine on Linux.
    param([string] $Location)

    $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', $Location)
    try { $store.Open('ReadOnly') }
    catch { return }
    $store.Certificates
    $store.Close()
}
