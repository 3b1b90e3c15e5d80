BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
    $app = $org.App
    Connect-Okta @app
}

AfterAll { Stop-TestOrg $org }

Describe 'Parallel work' {
    BeforeDiscovery { $script:isWindowsPowerShell = $PSVersionTable.PSVersion.Major -lt 7 }

    It 'uses the session in a runspace' {
        $runspace = [powershell]::Create()
        $null = $runspace.AddScript('param($module) Import-Module $module; (Get-OktaContext).ClientId')
        $runspace.AddArgument($org.Module).Invoke() | Should -Be $org.service.clientId
        $runspace.Dispose()
    }

    It 'uses the session in ForEach-Object -Parallel, which Windows PowerShell 5.1 does not have' -Skip:$isWindowsPowerShell {
        $module = $org.Module
        $users = 'ada.lovelace', 'grace.hopper', 'no.apps' | ForEach-Object -ThrottleLimit 3 -Parallel {
            Import-Module $using:module
            Invoke-OktaApi "/api/v1/users/$_@example.com"
        }
        $users.profile.firstName | Sort-Object | Should -Be 'Ada', 'Grace', 'Norman'
    }

    It 'uses the session in a thread job, which Windows PowerShell 5.1 does not have' -Skip:$isWindowsPowerShell {
        $module = $org.Module
        $job = Start-ThreadJob { Import-Module $using:module; (Invoke-OktaApi '/api/v1/users?limit=1').status }
        $job | Receive-Job -Wait -AutoRemoveJob | Should -Be 'ACTIVE'
    }

    It 'is not connected in a job, which is a new process, until it connects' {
        $module, $app = $org.Module, $org.App
        $job = Start-Job {
            $env:CONNECT_OKTA_STORE = 'memory'
            Import-Module $using:module
            try { Invoke-OktaApi /api/v1/users -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
            $app = $using:app
            Connect-Okta @app
            (Invoke-OktaApi '/api/v1/users?limit=1').status
            Disconnect-Okta
        }
        $job | Receive-Job -Wait -AutoRemoveJob | Should -Be 'NotConnectedToOkta,Invoke-OktaApi', 'ACTIVE'
    }
}
