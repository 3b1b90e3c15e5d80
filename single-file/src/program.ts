import { loadPart } from './load-part.js'

declare const VERSION: string

const [command, ...args] = process.argv.slice(2)

// The PowerShell module starts the program with this command if Node is missing.
if (command !== 'powershell-shim') loadPart('cli/main.cjs')
// The command from npm prints only its version.
else if (args[0] === '--version') process.stdout.write(`powershell-shim ${VERSION}\n`)
else loadPart('powershell-shim/shim.cjs')
