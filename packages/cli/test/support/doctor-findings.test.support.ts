import { run } from './run.test.support.js'

interface Finding {
  readonly check: string
  readonly outcome: string
  readonly message: string
  readonly fix?: string
}

/** Returns the failures and warnings of `doctor`, except for the keyring of this machine. */
export async function findProblems(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout } = await run(['doctor', '--json', ...args], { BROWSER: '/bin/true', ...env })
  const all = JSON.parse(stdout) as Finding[]
  const findings = all.filter(({ check, outcome }) => check !== 'keyring' && ['failure', 'warning'].includes(outcome))
  return { code, findings, names: findings.map(({ check }) => check) }
}
