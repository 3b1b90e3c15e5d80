// Runs in the Node of the program, because V8 uses only code that the same version has compiled.
const { readFileSync, writeFileSync } = require('node:fs')
const { compileFunction } = require('node:vm')

// As in load-part.ts.
const parameters = ['module', 'exports', 'require', '__filename']
for (const file of process.argv.slice(2)) {
  const { cachedData } = compileFunction(readFileSync(file, 'utf8'), parameters, {
    filename: file,
    produceCachedData: true,
  })
  writeFileSync(`${file}.cache`, cachedData)
}
