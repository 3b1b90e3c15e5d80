import { createRequire } from 'node:module'
import { arch, cpus, loadavg, platform, totalmem } from 'node:os'

const require = createRequire(import.meta.url)

/** Describes the machine, its load, and the versions of the libraries. Nothing in it identifies the machine. */
export function machineText(): string {
  const { devDependencies } = require('../package.json') as { devDependencies: Record<string, string> }
  const isPeer = (name: string) => /^(oauth4webapi|openid-client|@okta\/.*|@azure\/.*|@badgateway\/.*)$/.test(name)
  const peers = Object.entries(devDependencies).filter(([name]) => isPeer(name))
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const [cpu] = cpus()
  const [load = 0] = loadavg()
  return [
    `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} x ${cpu?.model.trim()}, ${memory}, load ${load.toFixed(1)} at the start`,
    peers.map(([name, version]) => `${name} ${version}`).join(', '),
  ].join('\n')
}
