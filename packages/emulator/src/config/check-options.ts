import type { EmulatorOptions } from './options.js'

/**
 * Checks options that are given in code, by the rules of configuration files.
 *
 * @throws {TypeError} which names every invalid field
 */
export async function checkOptions({ tls: _tls, onNotice: _notice, ...options }: EmulatorOptions): Promise<void> {
  const { orgUrl, port, ...others } = options
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new TypeError(`Invalid options of startOktaEmulator: port: ${port} is not a port number from 0 to 65535`)
  }
  if (orgUrl !== undefined && !/^https?:$/.test(URL.canParse(String(orgUrl)) ? new URL(orgUrl).protocol : '')) {
    throw new TypeError(`Invalid options of startOktaEmulator: orgUrl: ${orgUrl} is not an http or https URL`)
  }
  // Without such options there is nothing to check, and a start is faster.
  if (Object.keys(others).length === 0) return
  const { configSchema } = await import('./config-schema.js')
  const { fieldName } = await import('./field-name.js')
  const { clock } = others
  const fixedAt = clock?.fixedAt instanceof Date ? clock.fixedAt.toISOString() : clock?.fixedAt
  const result = configSchema.safeParse({
    ...others,
    port,
    orgUrl: orgUrl === undefined ? undefined : String(orgUrl),
    ...(clock && { clock: { ...clock, fixedAt } }),
  })
  if (result.success) return
  const problems = result.error.issues.map(({ path, message, ...issue }) => {
    // An unknown option is in the message, not in the path.
    const [unknown] = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : []
    if (unknown === undefined) return `${fieldName(path)}: ${message}`
    return `${fieldName([...path, unknown])}: Unknown option`
  })
  throw new TypeError(`Invalid options of startOktaEmulator: ${problems.join('; ')}`)
}
