import { getAsset } from 'node:sea'
import { compileFunction } from 'node:vm'

/**
 * Runs a bundle in the program that most commands do not use, and returns its exports. In the main bundle, it would delay the start of
 * every command.
 */
export function loadPart(name: string): unknown {
  const module = { exports: {} }
  const filename = `${name}.cjs`
  const run = compileFunction(getAsset(filename, 'utf8'), ['module', 'exports', 'require'], { filename })
  run(module, module.exports, requireBuiltin)
  return module.exports
}

// Not a require that finds files: they would run with the secrets of this program.
function requireBuiltin(id: string): unknown {
  const found = process.getBuiltinModule(id)
  if (found !== undefined) return found
  throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' })
}
