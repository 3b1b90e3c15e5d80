import { main, reportFailure } from '../main.js'
import { processIo } from './process-io.js'

const args = process.argv.slice(2)
const io = processIo()
let isSettled = false

// An error outside of the command's own promise: Node would print it with its control characters.
process.once('uncaughtException', error => void fail(error))

// A promise that nothing settles: the process would end with 0 and without an answer.
process.once('beforeExit', () => {
  if (!isSettled) void fail(new Error('The command has ended without a result.'))
})

void main(args, io).then(code => {
  isSettled = true
  process.exitCode = code
})

async function fail(error: unknown): Promise<void> {
  process.exit(await reportFailure(error, args, io))
}
