import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUsersServerProcess } from '../load/users-server-process.js'
import { quiet, type Shell, startShell } from '../powershell-process.js'
import type { Comparison, Row } from '../row.js'

const connect = 'Connect-Okta -Tenant $origin -ApiToken (ConvertTo-SecureString $apiToken -AsPlainText -Force)'
const path = '/api/v1/users?limit=200'

/** One page of users, as objects. */
export const powershellUsers: Row = {
  name: 'PowerShell: Invoke-OktaApi, 200 users',
  ours: 'Invoke-OktaApi',
  reference: 'Invoke-RestMethod',
  budget: 1.3,
  pairs: 20,
  needs: 'pwsh',
  isLong: true,
  // Several calls, because to start a line takes as long as a call. The first dozens of calls compile both cmdlets.
  prepare: () => comparedToRestMethod({ total: 200, paginate: '', followLinks: '', calls: 10, warmUps: 5 }),
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
  prepare: () =>
    comparedToRestMethod({ total: 20_000, paginate: '-Paginate', followLinks: '-FollowRelLink', calls: 1, warmUps: 0 }),
}

interface Job {
  readonly total: number
  readonly paginate: string
  readonly followLinks: string
  readonly calls: number
  readonly warmUps: number
}

// The sides have the same token, and separate shells, because otherwise each would collect the garbage of the other. Each side
// collects a flat list of users, and reads their logins. Invoke-RestMethod writes a page as one object.
async function comparedToRestMethod({ total, paginate, followLinks, calls, warmUps }: Job): Promise<Comparison> {
  const server = await startUsersServerProcess(total)
  const home = await mkdtemp(join(tmpdir(), 'bench-'))
  const given = `$origin = '${server.origin}'; $apiToken = '00not-a-real-token'; $headers = @{ Authorization = "SSWS $apiToken" }`
  const env = { ...process.env, ...quiet, HOME: home, CONNECT_OKTA_STATE_DIR: join(home, 'state') }
  const [ourShell, referenceShell] = await Promise.all([startShell(given, env), startShell(given, env)])
  const read = async (shell: Shell, users: string) => {
    const start = performance.now()
    await shell.run(`foreach ($call in 1..${calls}) { $users = ${users}; $logins = foreach ($user in $users) { $user.profile.login }; \
if ($logins.Count -ne ${total}) { Write-Error "$($logins.Count) users instead of ${total}" } }`)
    return { amount: (performance.now() - start) / calls }
  }
  const ours = () => read(ourShell, `Invoke-OktaApi GET '${path}' ${paginate}`)
  const reference = () =>
    read(referenceShell, `Invoke-RestMethod "$origin${path}" -Headers $headers ${followLinks} | ForEach-Object { $_ }`)
  await ourShell.run(connect)
  for (let round = 0; round < warmUps; round++) {
    await ours()
    await reference()
  }
  return {
    ours,
    reference,
    async close() {
      await Promise.all([ourShell.close(), referenceShell.close()])
      await server.close()
      await rm(home, { recursive: true })
    },
  }
}
