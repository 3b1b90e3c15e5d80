function Write-ShimWait {
    # Why it takes longer: a person is waited for, which is for all to see, or Okta is asked again.
    param($Cmdlet, $Said)

    if ($Said.code -eq 'waiting') { Write-HostText $Cmdlet $Said.message }
    else { $Cmdlet.WriteVerbose($Said.message) }
    Write-ShimProgress $Cmdlet $Cmdlet.MyInvocation.MyCommand.Name $Said.message
}
