import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from 'typedoc'

/**
 * One page with every export of a package, from the comments in its source.
 *
 * @param folder of the package
 */
export async function apiReference(folder) {
  const out = await mkdtemp(join(tmpdir(), 'api-'))
  try {
    const typedoc = await Application.bootstrapWithPlugins({
      entryPoints: [join(folder, 'src/index.ts')],
      tsconfig: join(folder, 'tsconfig.json'),
      plugin: ['typedoc-plugin-markdown'],
      router: 'module',
      entryFileName: 'index.md',
      readme: 'none',
      disableSources: true,
      excludeExternals: true,
      excludePrivate: true,
      hideBreadcrumbs: true,
      hidePageHeader: true,
      hidePageTitle: true,
      useCodeBlocks: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      classPropertiesFormat: 'table',
      typeDeclarationFormat: 'table',
      enumMembersFormat: 'table',
      groupOrder: ['Functions', 'Interfaces', 'TypeAliases', '*'],
      tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
      sanitizeComments: true,
      // The compiler has looked at it already.
      skipErrorChecking: true,
      logLevel: 'Warn',
      validation: { notExported: false, invalidLink: false, notDocumented: false },
      outputs: [{ name: 'markdown', path: out }],
    })
    const project = await typedoc.convert()
    if (project === undefined) throw new Error(`typedoc cannot read ${folder}`)
    await typedoc.generateOutputs(project)
    const text = await readFile(join(out, 'index.md'), 'utf8')
    return `# API

Every export of \`${project.name}\`. [Library](../library.md) shows them in programs that run.

${text}`
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
