@{
    # What a real PowerShell finds under this name, as far as the module ConnectOkta uses it.
    RootModule = '../../../../../../engine-host.dll'
    ModuleVersion = '7.0.0.0'
    GUID = '1da87e53-152b-403e-98dc-74d7b4d63d59'
    CmdletsToExport = 'ConvertTo-Json', 'ConvertFrom-Json'
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
}
