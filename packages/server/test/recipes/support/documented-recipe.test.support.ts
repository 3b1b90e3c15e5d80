import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

const page = new URL('../../../../../docs/workload-identity.md', import.meta.url)

/** The files of a platform's section in docs/workload-identity.md, by the names in their first lines, and its other blocks. */
export interface DocumentedRecipe {
  /** The configuration of the broker. */
  readonly broker: Readonly<Record<string, unknown>>
  /** The commands of the section. */
  readonly commands: readonly string[]
  /** Returns a YAML file of the section. */
  file(name: string): unknown
}

/** Reads the recipe that the documentation has for a platform. */
export async function documentedRecipe(platform: string): Promise<DocumentedRecipe> {
  const text = await readFile(page, 'utf8')
  const section = text.split(/^## /m).find(one => one.startsWith(`${platform}\n`))
  if (section === undefined) throw new Error(`The documentation has no section ${platform}.`)
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code = '']) => ({
    language,
    code,
    name: /^# (\S+)\n/.exec(code)?.[1],
  }))
  const file = (name: string): unknown => {
    const block = blocks.find(one => one.name === name)
    if (block === undefined) throw new Error(`The section ${platform} has no file ${name}.`)
    return parse(block.code)
  }
  return {
    broker: file('broker.yaml') as Record<string, unknown>,
    commands: blocks.filter(({ language }) => language === 'sh').map(({ code }) => code.trim()),
    file,
  }
}
