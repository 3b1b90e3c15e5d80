import { findSystemNeeds } from '../../../scripts/system-needs.mjs'
import { buildHost } from '../host/build-host.mjs'

/** Makes the shells ready that the tests run in: our host of PowerShell's engine, and PowerShell itself where it is there. */
export default function buildEngines({ provide }) {
  const { dotnet, pwsh } = findSystemNeeds()
  const command = dotnet === undefined ? undefined : [buildHost(dotnet)]
  const host = { name: "PowerShell's engine (needs dotnet)", command }
  const real = { name: 'PowerShell', command: [pwsh, '-NoProfile', '-NonInteractive'] }
  provide('engines', pwsh === undefined ? [host] : [host, real])
}
