function Send-ShimLine {
    # Sends one message; false where nobody is there any more.
    param($Line)

    try {
        $script:ShimInput.Write("$Line`n")
        $script:ShimInput.Flush()
        return $true
    }
    catch [System.IO.IOException], [System.ObjectDisposedException] {
        return $false
    }
}
