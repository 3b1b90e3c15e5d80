import { main, reportFailure } from '../main.js'
import { processIo } from './process-io.js'

const args = process.argv.slice(2)
const io = processIo()
let isSettled = false

// For an error outside of the promise of the command: Node would print its control characters.
process.once('uncaughtException', error => void fail(error))

// For a promise that never settles: the process would exit with 0, without an answer.
process.once('beforeExit', () => {
  if (!isSettled) void fail(new Error('The command ended without a result.'))
})

void main(args, io).then(code => {
  isSettled = true
  process.exitCode = code
})

async function fail(error: unknown): Promise<void> {
  process.exit(await reportFailure(error, args, io))
}
