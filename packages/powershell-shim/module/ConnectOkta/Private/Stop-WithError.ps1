function Stop-WithError {
    # For what no other input to the cmdlet could mend.
    param($Cmdlet, [string] $Id, [string] $Message, [string] $Hint, [string] $Category, $Target)

    $Cmdlet.ThrowTerminatingError((New-OktaErrorRecord $Id $Message $Hint $Category $Target))
}
