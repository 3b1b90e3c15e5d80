import type { EmulatorOptions } from './options.js'

/**
 * Checks options that are given in code, by the rules of configuration files.
 *
 * @throws {TypeError} which names every invalid field
 */
export async function checkOptions({ tls: _tls, onNotice: _notice, ...options }: EmulatorOptions): Promise<void> {
  const { orgUrl, port, ...others } = options
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
  const problems = result.error.issues.map(({ path, message }) => `${fieldName(path)}: ${message}`)
  throw new TypeError(`Invalid options of startOktaEmulator: ${problems.join('; ')}`)
}
