import { builtinModules } from 'node:module'

/**
 * For bundles: takes the modules of Node's own from Node at once. An import of one reads all that it exports, and so loads
 * what is made to be loaded late.
 */
export const nodesOwn = {
  name: 'nodes-own',
  resolveId(source) {
    const name = source.replace(/^node:/, '')
    return name !== 'module' && builtinModules.includes(name) ? `\0node:${name}` : null
  },
  load: id =>
    id.startsWith('\0node:')
      ? { code: `module.exports = process.getBuiltinModule('${id.slice(1)}')`, moduleType: 'js' }
      : null,
}
