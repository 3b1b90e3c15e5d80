import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const profiles = `default: example
profiles:
  example: { tenant: example.okta.com, clientId: 0oa1a2b3c4d5e6f7g8h9 }
`

/**
 * Returns a page with every route of the broker, from its OpenAPI document.
 *
 * @param main the program of the broker
 */
export async function httpReference(main) {
  const { paths, components = {} } = await openApiOf(main)
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      section(`${method.toUpperCase()} ${path}`, operation, components),
    ),
  )
  return `# Broker endpoints

This page is generated from the OpenAPI document at \`/openapi.json\`. For examples, see [Broker](../broker.md).

${sections.join('\n\n')}\n`
}

async function openApiOf(main) {
  const home = await mkdtemp(join(tmpdir(), 'broker-'))
  await mkdir(join(home, '.config/connect-okta'), { recursive: true })
  await writeFile(join(home, '.config/connect-okta/profiles.yaml'), profiles)
  const env = { PATH: process.env.PATH, HOME: home }
  const broker = spawn(process.execPath, [main, '--listen', '127.0.0.1:0', '--store', 'memory'], { env })
  const exited = once(broker, 'exit')
  try {
    const url = await Promise.race([urlIn(broker.stderr), exited.then(([code]) => throwExited(code))])
    return await (await fetch(new URL('/openapi.json', url))).json()
  } finally {
    broker.kill()
    await exited
    await rm(home, { recursive: true, force: true })
  }
}

async function urlIn(stream) {
  for await (const line of createInterface({ input: stream })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? []
    if (url !== undefined) return url
  }
}

function throwExited(code) {
  throw new Error(`the broker exited with ${code}`)
}

function section(title, { summary = '', parameters = [], requestBody, responses = {} }, components) {
  const [[type, { schema } = {}] = []] = Object.entries(requestBody?.content ?? {})
  return [
    `## \`${title}\``,
    ...(summary === '' ? [] : [`${cell(summary)}.`]),
    ...table(
      'parameter',
      parameters.map(one => [one.name, cell(one.description ?? one.schema?.description)]),
    ),
    ...table(`body (${type})`, fieldsOf(resolved(schema, components))),
    ...table(
      'response',
      Object.entries(responses).map(([status, one]) => [status, cell(one.description)]),
    ),
  ].join('\n\n')
}

function fieldsOf({ properties = {}, required = [] }) {
  return Object.entries(properties).map(([name, { description = '', enum: choices }]) => {
    const words = [description, choices?.map(one => `\`${one}\``).join(' or ')].filter(Boolean).map(cell)
    return [name, `${words.join(': ')}${required.includes(name) ? ' **(required)**' : ''}`]
  })
}

function table(title, rows) {
  if (rows.length === 0) return []
  return [[`| ${title} | |`, '| --- | --- |', ...rows.map(([name, text]) => `| \`${name}\` | ${text} |`)].join('\n')]
}

const resolved = (schema = {}, components) =>
  schema.$ref === undefined ? schema : (components.schemas?.[schema.$ref.split('/').at(-1)] ?? {})
const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
