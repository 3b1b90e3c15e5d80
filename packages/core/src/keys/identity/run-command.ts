const timeoutMs = 30_000
const maxOutputBytes = 64 * 1024

/**
 * Runs a command and returns its standard output.
 *
 * @throws the error of `node:child_process`, with the code `ENOENT` if there is no such command
 */
export async function runCommand(command: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { execFile } = await import('node:child_process')
  return await new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, maxBuffer: maxOutputBytes, windowsHide: true, ...(signal && { signal }) }
    const child = execFile(command, [...args], options, (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end()
  })
}
