import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from 'typedoc'

/**
 * Returns a page with every export of a package, from the comments in its source.
 *
 * @param folder the folder of the package
 */
export async function apiReference(folder) {
  const { name, exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  // By import name: `./keys` is src/exports/keys.ts.
  const modules = Object.entries(exports).flatMap(([path, { types }]) =>
    types === undefined
      ? []
      : [{ name: path.replace('.', name), file: types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1') }],
  )
  const out = await mkdtemp(join(tmpdir(), 'api-'))
  try {
    const typedoc = await Application.bootstrapWithPlugins({
      entryPoints: modules.map(({ file }) => join(folder, 'src', `${file}.ts`)),
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
      // The build has checked the types already.
      skipErrorChecking: true,
      logLevel: 'Warn',
      validation: { notExported: false, invalidLink: false, notDocumented: false },
      outputs: [{ name: 'markdown', path: out }],
    })
    const project = await typedoc.convert()
    if (project === undefined) throw new Error(`typedoc cannot read ${folder}`)
    await typedoc.generateOutputs(project)
    const texts = modules.map(async ({ name, file }) => {
      const text = await readFile(join(out, `${file === 'index' ? 'index-1' : file}.md`), 'utf8')
      return `## ${name}\n\n${onOnePage(text)}`
    })
    return `# TypeScript API

Every export of \`${name}\` and of its subpaths. For examples, see [Library](../library.md).

${(await Promise.all(texts)).join('\n')}`
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

// Lowers the headings by one level, and turns links to other modules into links on this page.
function onOnePage(text) {
  return text.replaceAll(/^#(?=#*# )/gm, '##').replaceAll(/\]\([\w./-]+\.md#/g, '](#')
}
