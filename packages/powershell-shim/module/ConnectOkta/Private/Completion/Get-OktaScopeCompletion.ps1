function Get-OktaScopeCompletion {
    # Completes a scope with those of Okta's API.
    param([string] $Word)

    $part = $Word.Trim("'", '"')
    foreach ($scope in $script:OktaScopes -csplit ' ') {
        if ($scope.IndexOf($part, [System.StringComparison]::OrdinalIgnoreCase) -ge 0) {
            [System.Management.Automation.CompletionResult]::new($scope, $scope, 'ParameterValue', $scope)
        }
    }
}
