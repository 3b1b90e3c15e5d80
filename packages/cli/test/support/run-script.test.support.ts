import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a script of a POSIX shell.
 *
 * @param until text on stdout after which the script gets SIGTERM, with its programs. Default: it runs to its end.
 */
export async function runIn(
  cwd: string,
  script: string,
  env: Readonly<Record<string, string>>,
  until?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('sh', ['-c', until === undefined ? script : `exec ${script}`], { cwd, env })
  child.stdin.end()
  const output = { stdout: '', stderr: '' }
  let isStopped = until === undefined
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      output[name] += chunk
      if (isStopped || !output.stdout.includes(until ?? '')) return
      isStopped = true
      child.kill('SIGTERM')
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}
