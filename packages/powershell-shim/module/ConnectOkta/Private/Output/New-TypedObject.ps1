function New-TypedObject {
    # Makes an object of a type: see ConnectOkta.Types.ps1xml and ConnectOkta.Format.ps1xml.
    param([string] $TypeName, [System.Collections.IDictionary] $Properties)

    $output = [pscustomobject] $Properties
    # Not the key PSTypeName, which does not allow properties that the type has too.
    $output.PSObject.TypeNames.Insert(0, $TypeName)
    return $output
}
