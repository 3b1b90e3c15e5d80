import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseYaml } from '@connect-okta/core/profiles'
import type { Io } from '../io.js'
import type { Tool } from './tools.js'

/**
 * Finds the files that tools use instead of variables.
 *
 * @returns the paths of those that configure a connection.
 * @see https://github.com/okta/okta-sdk-python/blob/master/okta/config/config_setter.py
 */
export async function overridingFiles(
  tools: readonly Tool[],
  { cwd, environment: { home } }: Pick<Io, 'cwd' | 'environment'>,
): Promise<readonly string[]> {
  if (!tools.some(({ prefersFile }) => prefersFile)) return []
  const files = [...(home === undefined ? [] : [join(home, '.okta', 'okta.yaml')]), join(cwd, 'okta.yaml')]
  const found = await Promise.all(files.map(async file => ((await configuresClient(file)) ? [file] : [])))
  return found.flat()
}

async function configuresClient(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  try {
    const content = (await parseYaml(text, file)) as { okta?: { client?: object } } | undefined
    return Object.keys(content?.okta?.client ?? {}).some(name => /^(orgUrl|token|authorizationMode|proxy)$/i.test(name))
  } catch {
    // The tool reports it.
    return true
  }
}
