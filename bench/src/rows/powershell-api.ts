import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUsersServerProcess } from '../load/users-server-process.js'
import { quiet, startShell } from '../powershell-process.js'
import type { Comparison, Row } from '../row.js'

const connect = 'Connect-Okta -Tenant $origin -ApiToken (ConvertTo-SecureString $apiToken -AsPlainText -Force)'
const path = '/api/v1/users?limit=200'

/** One page of users, as objects. */
export const powershellUsers: Row = {
  name: 'PowerShell: Invoke-OktaApi, 200 users',
  ours: 'Invoke-OktaApi',
  reference: 'Invoke-RestMethod',
  budget: 1.3,
  pairs: 30,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToRestMethod({ total: 200, paginate: '', followLinks: '' }),
}

/** All pages of a large org. */
export const powershellPages: Row = {
  name: 'PowerShell: Invoke-OktaApi, 20,000 users in pages of 200',
  ours: 'Invoke-OktaApi -Paginate',
  reference: 'Invoke-RestMethod -FollowRelLink',
  budget: 1.3,
  pairs: 10,
  needs: 'pwsh',
  isLong: true,
  prepare: () => comparedToRestMethod({ total: 20_000, paginate: '-Paginate', followLinks: '-FollowRelLink' }),
}

interface Job {
  readonly total: number
  readonly paginate: string
  readonly followLinks: string
}

// Both sides run in the same shell and send the same token. Each collects a flat list of users, and reads their logins.
// Invoke-RestMethod writes a page as one object.
async function comparedToRestMethod({ total, paginate, followLinks }: Job): Promise<Comparison> {
  const server = await startUsersServerProcess(total)
  const home = await mkdtemp(join(tmpdir(), 'bench-'))
  const given = `$origin = '${server.origin}'; $apiToken = '00not-a-real-token'; $headers = @{ Authorization = "SSWS $apiToken" }`
  const env = { ...process.env, ...quiet, HOME: home, CONNECT_OKTA_STATE_DIR: join(home, 'state') }
  const shell = await startShell(given, env)
  const read = async (users: string) => {
    await shell.run(`$users = ${users}; $logins = foreach ($user in $users) { $user.profile.login }; \
if ($logins.Count -ne ${total}) { Write-Error "$($logins.Count) users instead of ${total}" }`)
    return undefined
  }
  const ours = () => read(`Invoke-OktaApi GET '${path}' ${paginate}`)
  const reference = () =>
    read(`Invoke-RestMethod "$origin${path}" -Headers $headers ${followLinks} | ForEach-Object { $_ }`)
  await shell.run(connect)
  return {
    ours,
    reference,
    async close() {
      await shell.close()
      await server.close()
      await rm(home, { recursive: true })
    },
  }
}
