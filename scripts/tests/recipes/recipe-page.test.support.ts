import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../../pnpm.mjs'

/** A page of docs/recipes: the files and the commands that it shows. */
export interface RecipePage {
  /** Returns a file by the name in its first line. */
  file(name: string): string
  /** Returns a file in YAML as an object. */
  yaml(name: string): Readonly<Record<string, unknown>>
  /** The blocks of commands, in the order of the page. */
  readonly commands: readonly string[]
}

// The packages of the repository have this dependency, this folder has not.
const { parse } = createRequire(join(root, 'packages/emulator/package.json'))('yaml')

/** Reads a page. A block of code names its file in its first line, except for commands in `sh`. */
export async function readRecipePage(name: string): Promise<RecipePage> {
  const text = await readFile(join(root, `docs/recipes/${name}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
  const files = new Map(
    blocks
      .filter(({ language }) => language !== 'sh')
      .map(({ code }) => {
        const file = /^# (\S+)\n/.exec(code)?.[1]
        if (file === undefined) throw new Error(`docs/recipes/${name}.md: this block names no file:\n${code}`)
        return [file, code]
      }),
  )
  const file = (path: string) => {
    const content = files.get(path)
    if (content === undefined) throw new Error(`docs/recipes/${name}.md has no file ${path}`)
    return content
  }
  return {
    file,
    yaml: path => parse(file(path)),
    commands: blocks.filter(({ language }) => language === 'sh').map(({ code }) => code),
  }
}
