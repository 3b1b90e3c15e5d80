BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
}

AfterAll { Stop-TestOrg $org }

Describe 'The module' {
    It 'exports only commands with approved verbs' {
        $approved = (Get-Verb).Verb
        $commands = @(Get-Command -Module ConnectOkta)
        $commands.Count | Should -Be 11
        $commands | Where-Object { $approved -notcontains $_.Verb } | Should -BeNullOrEmpty
    }

    It 'has a help page with an example for every command' {
        foreach ($command in Get-Command -Module ConnectOkta) {
            $help = Get-Help $command.Name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty -Because $command.Name
            $help.examples.example | Should -Not -BeNullOrEmpty -Because $command.Name
            foreach ($parameter in $help.parameters.parameter) {
                $parameter.description | Should -Not -BeNullOrEmpty -Because "$($command.Name) -$($parameter.name)"
            }
        }
    }

    It 'has a help page about the module' {
        # Windows PowerShell finds such pages only in the folders of PSModulePath.
        $page = Join-Path (Split-Path (Get-Module ConnectOkta).Path) 'en-US/about_ConnectOkta.help.txt'
        Get-Content $page -Raw | Should -Match 'LONG DESCRIPTION'
    }

    It 'has the links that the gallery shows' {
        $manifest = Test-ModuleManifest $org.Module
        $manifest.PrivateData.PSData.Tags | Should -Contain 'Okta'
        foreach ($link in $manifest.ProjectUri, $manifest.LicenseUri, $manifest.IconUri) { "$link" | Should -BeLike 'https://*' }
    }

    It 'completes the properties of a context' {
        $line = '(Get-OktaContext).'
        $names = (TabExpansion2 $line -cursorColumn $line.Length).CompletionMatches.CompletionText
        $names | Should -Contain 'Tenant'
        $names | Should -Contain 'Account'
    }
}

Describe 'The module beside DSInternals.Passkeys' {
    BeforeAll {
        # A module of that name with a cmdlet of the same name.
        $script:other = Join-Path $TestDrive 'DSInternals.Passkeys.psm1'
        Set-Content $other "function Connect-Okta { 'the other' }"
    }

    AfterEach {
        Remove-Module DSInternals.Passkeys -ErrorAction SilentlyContinue
        Import-Module $org.Module -Force
    }

    It 'warns and wins when it is imported last' {
        Import-Module $other -Force
        Import-Module $org.Module -Force 3>&1 | Should -Match 'DSInternals\.Passkeys'
        (Get-Command Connect-Okta).ModuleName | Should -Be 'ConnectOkta'
    }

    It 'warns in Get-OktaContext when the other was imported last' {
        Import-Module $other -Force
        (Get-Command Connect-Okta).ModuleName | Should -Be 'DSInternals.Passkeys'
        $null = Get-OktaContext -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match 'ConnectOkta\\Connect-Okta'
    }

    It 'names the other module when this process is not connected' {
        Import-Module $other -Force
        $failure = { Invoke-OktaApi /api/v1/users } | Get-ErrorOf
        $failure.ErrorDetails.RecommendedAction | Should -Match 'DSInternals\.Passkeys'
    }

    It 'connects by its qualified name' {
        Import-Module $other -Force
        $app = $org.App
        ConnectOkta\Connect-Okta @app
        (Get-OktaContext -WarningAction SilentlyContinue).ClientId | Should -Be $org.service.clientId
        ConnectOkta\Disconnect-Okta
    }
}
