import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../pnpm.mjs'

/** A page of docs/testing: the files and the commands that it shows, in its order. */
export interface TestingPage {
  readonly files: ReadonlyMap<string, string>
  readonly commands: readonly string[]
}

/**
 * Reads a page. A block of code names its file in its first line. Blocks of the same file are its parts. A block of `sh`, or
 * one line of PowerShell, is a command.
 *
 * @param sections the headings of the sections to read. Default: all
 */
export async function readTestingPage(name: string, ...sections: readonly string[]): Promise<TestingPage> {
  const text = await readFile(join(root, `docs/testing/${name}.md`), 'utf8')
  const parts = text
    .split(/^(?=## )/m)
    .filter(part => sections.length === 0 || sections.some(title => part.startsWith(`## ${title}\n`)))
  const blocks = [...parts.join('').matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  const files = new Map<string, string>()
  const commands: string[] = []
  for (const [block, language = '', code = ''] of blocks) {
    const isOneCommand = language === 'powershell' && code.trim().split('\n').length === 1
    if (language === 'sh' || isOneCommand) {
      commands.push(code)
      continue
    }
    const file = /^\W+ (\S+\.\w+)( -->)?\n/.exec(code)?.[1]
    if (file === undefined) throw new Error(`docs/testing/${name}.md: this block names no file:\n${block}`)
    files.set(file, [...(files.has(file) ? [files.get(file)] : []), code].join('\n'))
  }
  return { files, commands }
}
