function ConvertTo-AttestationText {
    # Returns a credential of WebAuthn as JSON. The classes of DSInternals.Passkeys write themselves as JSON.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [object] $Value)

    if ($Value -is [string]) { return $Value }
    # The lines of a file.
    if ($Value -is [array] -and $Value.Count -gt 0 -and $Value[0] -is [string]) { return $Value -join "`n" }
    if ($Value.GetType().FullName -clike 'DSInternals.*') { return $Value.ToString() }
    try { return ConvertTo-JsonText -Value $Value }
    catch {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "The passkey cannot be read: $($_.Exception.Message)" `
                    -Hint 'Use the JSON that navigator.credentials.create() returns: credential.toJSON().' `
                    -ParameterName 'AttestationPublicKeyCredential'))
    }
}
