import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

/** Replaces each text in an example. Every text must occur in it. */
export function replaceAll(example: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the example does not contain ${from}`)
    return text.replaceAll(from, to)
  }, example)
}

/** Runs a proxy in the foreground. Resolves when it listens. */
export async function startProxy(command: string, args: readonly string[], port: number) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  let errors = ''
  child.stderr.on('data', data => {
    errors += data
  })
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`it does not start: ${errors}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return async () => {
    child.kill('SIGTERM')
    await ended
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}
